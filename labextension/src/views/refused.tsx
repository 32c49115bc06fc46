import React from 'react';

import { IWords, Missing, Refusal } from '../registry/asking';

/** Why something cannot be shown or done, and what to do next. */
export function Refused({ error, trans }: { error: Error; trans: IWords }): JSX.Element {
  const missing = error instanceof Missing;
  const hint = error instanceof Refusal ? error.hint : '';
  return (
    <div className="jp-Mlc-refused" role="alert">
      <p className="jp-Mlc-reason">
        <span aria-hidden="true">✕ </span>
        {error.message}
      </p>
      {hint && <p>{hint}</p>}
      {missing && (
        <>
          <p>{trans.__('Install it where the Jupyter server runs, then start the server again:')}</p>
          <pre tabIndex={0}>pip install jupyter-mlc{'\n'}jupyter server extension enable jupyter_mlc</pre>
        </>
      )}
    </div>
  );
}
