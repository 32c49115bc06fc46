import React from 'react';

import { IField } from './wanted';

export interface IInputProps {
  field: IField;
  value: string;
  onChange: (value: string) => void;
}

/** One field of a form, with its label. */
export function Input({ field, value, onChange }: IInputProps): JSX.Element {
  const shared = {
    name: field.name,
    value,
    placeholder: field.placeholder,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value)
  };
  return (
    <label className="jp-Mlc-field">
      <span>{field.label}</span>
      {field.kind === 'long' && <textarea rows={4} {...shared} />}
      {field.kind === 'text' && <input type="text" autoComplete="off" {...shared} />}
      {field.kind === 'day' && <input type="date" {...shared} />}
      {field.kind === 'choice' && (
        <select {...shared}>
          {field.choices?.map(choice => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      )}
    </label>
  );
}
