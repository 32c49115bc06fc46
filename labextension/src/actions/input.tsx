import React, { useId } from 'react';

import { IField } from './wanted';

export interface IInputProps {
  field: IField;
  value: string;
  onChange: (value: string) => void;
}

export const YES = 'yes';

/** Whether a key says that a text of several lines is written; Enter alone begins the next line. */
export function isDone(event: KeyboardEvent | React.KeyboardEvent): boolean {
  const isMore = event.shiftKey || event.ctrlKey || event.metaKey;
  return event.key === 'Enter' && isMore && event.target instanceof HTMLTextAreaElement;
}

/** One field of a form, with its label. */
export function Input({ field, value, onChange }: IInputProps): JSX.Element {
  if (field.kind === 'flag') {
    return (
      <label className="jp-Mlc-flag">
        <input
          type="checkbox"
          name={field.name}
          checked={value === YES}
          onChange={event => onChange(event.target.checked ? YES : '')}
        />{' '}
        {field.label}
      </label>
    );
  }
  return (
    <label className="jp-Mlc-field">
      <span>
        {field.label}
        {field.help && <span className="jp-Mlc-help"> {field.help}</span>}
      </span>
      <Typed field={field} value={value} onChange={onChange} />
    </label>
  );
}

interface ITextProps {
  field: IField;
  shared: React.InputHTMLAttributes<HTMLInputElement>;
}

/** A line of text; what there is already is offered. */
function Text({ field, shared }: ITextProps): JSX.Element {
  const id = useId();
  return (
    <>
      <input
        type="text"
        autoComplete="off"
        spellCheck={false}
        list={field.choices?.length ? id : undefined}
        {...shared}
      />
      {field.choices && field.choices.length > 0 && (
        <datalist id={id}>
          {field.choices.map(choice => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
    </>
  );
}

function Typed({ field, value, onChange }: IInputProps): JSX.Element {
  const shared = {
    name: field.name,
    value,
    placeholder: field.placeholder,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value)
  };
  switch (field.kind) {
    case 'long':
      return <textarea rows={4} {...shared} />;
    case 'day':
      return <input type="date" {...shared} />;
    case 'choice':
      return (
        <select {...shared}>
          {field.choices?.map(choice => (
            <option key={choice} value={choice}>
              {field.said?.(choice) ?? choice}
            </option>
          ))}
        </select>
      );
    default:
      return <Text field={field} shared={shared} />;
  }
}
