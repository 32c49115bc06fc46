import { Compare } from '../wire';

/** What a panel shows: nothing named is the list of all models; a comparison may be on data. */
export interface IPlace {
  refs: readonly string[];
  compare?: Compare;
}

/** The places where one was, and which of them one looks at. */
export interface IVisited {
  places: readonly IPlace[];
  at: number;
}

export function begun(place: IPlace): IVisited {
  return { places: [place], at: 0 };
}

/** Go on to a place; what one went back from is forgotten, as in a browser. */
export function went(visited: IVisited, place: IPlace): IVisited {
  if (titleOf(place) === titleOf(here(visited)) && !place.compare) {
    return visited;
  }
  const places = [...visited.places.slice(0, visited.at + 1), place];
  return { places, at: places.length - 1 };
}

/** Go back or forth by some steps, as far as there are places. */
export function stepped(visited: IVisited, steps: number): IVisited {
  return { ...visited, at: Math.max(0, Math.min(visited.places.length - 1, visited.at + steps)) };
}

export function here(visited: IVisited): IPlace {
  return visited.places[visited.at];
}

export function titleOf(place: IPlace): string {
  return place.refs.join(' | ');
}
