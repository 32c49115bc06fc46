import React, { useId, useMemo, useState } from 'react';

import { suggested } from './completing';
import { useDesk } from './deskcontext';
import { useAnswer } from './useanswer';

const MOST_MODELS = 1000;
const MOST_VERSIONS = 200;
const ANY = 'number >= 1';

export interface IQueryInputProps {
  label: string;
  placeholder: string;
  text: string;
  onChange: (text: string) => void;
  inputRef?: React.Ref<HTMLInputElement>;
}

/** Where a query is typed. What may come next is offered: the arrow keys choose, Enter or Tab takes. */
export function QueryInput({ label, placeholder, text, onChange, inputRef }: IQueryInputProps): JSX.Element {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const [wasFocused, setFocused] = useState(false);
  const [at, setAt] = useState(-1);
  const models = useAnswer('list', wasFocused ? { limit: MOST_MODELS } : null).reply?.models;
  const versions = useAnswer('list', wasFocused ? { what: ANY, limit: MOST_VERSIONS } : null).reply?.versions;
  const known = useMemo(
    () => ({ models: models?.map(model => model.name) ?? [], versions: versions ?? [] }),
    [models, versions]
  );
  const { from, words } = useMemo(() => suggested(text, known), [text, known]);
  const shown = isOpen ? words : [];
  const take = (word: string): void => {
    onChange(text.slice(0, from) + word + (opens(word) ? '' : ' '));
    setAt(-1);
  };
  const pressed = (event: React.KeyboardEvent): void => {
    const isTaken = (event.key === 'Enter' || event.key === 'Tab') && at >= 0 && at < shown.length;
    if (isTaken) {
      take(shown[at]);
    } else if (event.key === 'ArrowDown' && shown.length) {
      setAt((at + 1) % shown.length);
    } else if (event.key === 'ArrowUp' && shown.length) {
      setAt((at <= 0 ? shown.length : at) - 1);
    } else if (event.key === 'Escape' && shown.length) {
      setOpen(false);
      setAt(-1);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="jp-Mlc-search jp-Mlc-query">
      <label>
        <span>{label}</span>
        <input
          ref={inputRef}
          type="search"
          className="jp-mod-styled"
          value={text}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          aria-autocomplete="list"
          aria-controls={shown.length ? id : undefined}
          aria-activedescendant={at >= 0 && at < shown.length ? `${id}-${at}` : undefined}
          onFocus={() => setFocused(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={pressed}
          onChange={event => {
            onChange(event.target.value);
            setOpen(true);
            setAt(-1);
          }}
        />
      </label>
      {shown.length > 0 && <Suggestions id={id} words={shown} at={at} onTake={take} />}
    </div>
  );
}

/** Whether one goes on inside of it: it ends with a bracket or a quote that is not closed. */
function opens(word: string): boolean {
  return word.endsWith('(') || (word.split("'").length - 1) % 2 === 1;
}

interface ISuggestionsProps {
  id: string;
  words: readonly string[];
  at: number;
  onTake: (word: string) => void;
}

function Suggestions({ id, words, at, onTake }: ISuggestionsProps): JSX.Element {
  const { trans } = useDesk();
  return (
    <div id={id} className="jp-Mlc-suggestions" role="listbox" aria-label={trans.__('What may come next')}>
      {words.map((word, place) => (
        <div
          key={word}
          id={`${id}-${place}`}
          role="option"
          aria-selected={place === at}
          // Before the input loses the focus, which would take the list away.
          onMouseDown={event => {
            event.preventDefault();
            onTake(word);
          }}
        >
          {word}
        </div>
      ))}
    </div>
  );
}
