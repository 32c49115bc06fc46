import { Drawing } from '../../wire';

/** The size of a card; it and all that follows in the size of the letters. */
export const CARD = { wide: 12.2, high: 5 };
/** The head of an arrow. */
export const HEAD = { long: 0.6, wide: 0.35 };
/** The straight piece of a line, on which its label stands; the bend beside it; and the room between two cards. */
export const STEM = 5.8;
const BEND = 1.6;
const BETWEEN = 0.8;

export interface IPoint {
  x: number;
  y: number;
}

export interface ILine {
  path: string;
  /** Where the arrow ends. */
  tip: IPoint;
  /** Where the label begins. */
  label: IPoint;
}

/** The upper left corner of a card. */
export function corner(layer: number, row: number): IPoint {
  return { x: layer * (CARD.wide + STEM + BEND), y: row * (CARD.high + BETWEEN) };
}

/** How large all of it is. */
export function extent({ layers, rows }: Drawing): IPoint {
  const last = corner(layers - 1, rows - 1);
  return { x: last.x + CARD.wide, y: last.y + CARD.high };
}

/** The lines: each keeps straight at its outer end, where no other one crosses its label. */
export function lines({ spots, ways }: Drawing, middle: string): readonly ILine[] {
  const layers = new Map(spots.map(spot => [spot.key, spot.layer]));
  const rows = new Map(spots.map(spot => [spot.key, spot.row]));
  const layerOf = (key: string): number => layers.get(key) ?? 0;
  return ways.map(way => {
    const passed = [rows.get(way.above) ?? 0, ...way.rows, rows.get(way.below) ?? 0];
    return line(layerOf(way.above), passed, layerOf(way.below) <= layerOf(middle));
  });
}

function line(first: number, rows: readonly number[], isBefore: boolean): ILine {
  const points = rows.map((row, at) => corner(first + at, row)).map(({ x, y }) => ({ x, y: y + CARD.high / 2 }));
  const start = { x: points[0].x + CARD.wide, y: points[0].y };
  const tip = points[points.length - 1];
  const steps = points.slice(1).map((end, at) => {
    const left = points[at].x + CARD.wide;
    const bend = isBefore ? left + STEM : left;
    const half = bend + BEND / 2;
    return `H${bend}C${half} ${points[at].y} ${half} ${end.y} ${bend + BEND} ${end.y}H${end.x}`;
  });
  return {
    path: `M${start.x} ${start.y}${steps.join('')}`,
    tip,
    label: isBefore ? start : { x: tip.x - HEAD.long - STEM, y: tip.y }
  };
}
