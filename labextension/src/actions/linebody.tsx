import { IWords } from '../registry/asking';
import { Dialog } from '@jupyterlab/apputils';
import React, { useState } from 'react';

import { FormBody } from './dialog';
import { initial, Line } from './line';
import { ILine } from './registering';

/** The inside of a dialog that ends in a line for the notebook. */
export class LineBody extends FormBody implements Dialog.IBodyWidget<string> {
  constructor(
    private readonly wanted: ILine,
    private readonly trans: IWords
  ) {
    super();
    this.addClass('jp-Mlc-act');
    this.line = wanted.line(initial(wanted.fields));
  }

  getValue(): string {
    return this.line;
  }

  protected render(): JSX.Element {
    return <LineForm wanted={this.wanted} trans={this.trans} onChange={line => (this.line = line)} />;
  }

  private line: string;
}

interface ILineFormProps {
  wanted: ILine;
  trans: IWords;
  onChange: (line: string) => void;
}

function LineForm({ wanted, trans, onChange }: ILineFormProps): JSX.Element {
  const [values, setValues] = useState(() => initial(wanted.fields));
  return (
    <>
      {wanted.fields.map(field => (
        <Line
          key={field.name}
          field={field}
          values={values}
          onChange={values => {
            setValues(values);
            onChange(wanted.line(values));
          }}
        />
      ))}
      <section className="jp-Mlc-preview" aria-live="polite" aria-label={trans.__('What will happen')}>
        <h3>{trans.__('This line goes into the notebook, and is executed')}</h3>
        <pre className="jp-Mlc-text" tabIndex={0}>
          {wanted.line(values)}
        </pre>
      </section>
    </>
  );
}
