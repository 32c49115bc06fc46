import React, { createContext, useContext } from 'react';

import { IDesk } from '../registry/desk';

const DeskContext = createContext<IDesk | null>(null);

export function WithDesk({ desk, children }: { desk: IDesk; children: React.ReactNode }): JSX.Element {
  return <DeskContext.Provider value={desk}>{children}</DeskContext.Provider>;
}

export function useDesk(): IDesk {
  const desk = useContext(DeskContext);
  if (!desk) {
    throw new Error('a view of the registry is outside WithDesk');
  }
  return desk;
}
