import { ModelVersion } from './wire';

type Scalars = boolean | number | string | null | undefined;

const MICROS = 1000;
const STEP = 1024;
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
const DIGITS = 4;

export function ref(version: Pick<ModelVersion, 'model' | 'number'>): string {
  return `${version.model}:${version.number}`;
}

/** Made once: to make one takes longer than to draw a line of a table. */
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Microseconds since 1970 as a day and a time of the reader's. */
export function moment(micros: number): string {
  return MOMENT.format(micros / MICROS);
}

export function day(micros: number): string {
  return new Date(micros / MICROS).toISOString().slice(0, 10);
}

export function duration(micros: number): string {
  const seconds = micros / MICROS / 1000;
  return seconds < 60 ? `${seconds.toPrecision(3)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

export function bytes(count: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log(Math.max(count, 1)) / Math.log(STEP)));
  const scaled = count / STEP ** power;
  return `${power && scaled < 10 ? scaled.toFixed(1) : Math.round(scaled)} ${UNITS[power]}`;
}

/** A metric or a parameter as a person reads it. */
export function value(given: Scalars): string {
  if (given === null || given === undefined) {
    return '';
  }
  return typeof given === 'number' && !Number.isInteger(given) ? String(Number(given.toPrecision(DIGITS))) : String(given);
}

export function short(digest: string): string {
  const [kind, hex] = digest.split(':');
  return hex ? `${kind}:${hex.slice(0, 12)}` : digest.slice(0, 12);
}
