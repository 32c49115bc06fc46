/** Numbers that JSON cannot carry travel as {"$number": "nan"}; a key that begins with $ travels with a second one. */

type Plain = unknown;

export function carried(value: Plain): Plain {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return { $number: Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf' };
  }
  return mapped(value, carried, key => (key.startsWith('$') ? `$${key}` : key));
}

/** A reply from its text; most carry nothing of ours, and need not be gone through. */
export function read(text: string): Plain {
  const told = JSON.parse(text);
  return text.includes('"$') ? uncarried(told) : told;
}

export function uncarried(value: Plain): Plain {
  const spelled = (value as { $number?: unknown } | null)?.$number;
  if (typeof spelled === 'string') {
    return number(spelled);
  }
  return mapped(value, uncarried, key => (key.startsWith('$$') ? key.slice(1) : key));
}

function mapped(value: Plain, each: (value: Plain) => Plain, named: (key: string) => string): Plain {
  if (Array.isArray(value)) {
    return value.map(each);
  }
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [named(key), each(item)]));
  }
  return value;
}

function number(spelled: string): number {
  return spelled.endsWith('inf') ? (spelled.startsWith('-') ? -Infinity : Infinity) : Number(spelled);
}
