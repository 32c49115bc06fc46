import React from 'react';

import { Input } from './input';
import { IField, Values } from './wanted';

/** What a form says before anybody has typed. */
export function initial(fields: readonly IField[]): Values {
  const all = fields.flatMap(field => (field.beside ? [field, field.beside] : [field]));
  return Object.fromEntries(all.map(field => [field.name, field.value ?? '']));
}

export interface ILineProps {
  field: IField;
  values: Values;
  onChange: (values: Values) => void;
}

/** A field, and the one beside it. */
export function Line({ field, values, onChange }: ILineProps): JSX.Element {
  const draw = (one: IField): JSX.Element => (
    <Input
      field={one}
      value={values[one.name] ?? one.value ?? ''}
      onChange={value => onChange({ ...values, [one.name]: value })}
    />
  );
  if (!field.beside) {
    return draw(field);
  }
  return (
    <div className="jp-Mlc-pair" data-beside={field.beside.kind}>
      {draw(field)}
      {draw(field.beside)}
    </div>
  );
}
