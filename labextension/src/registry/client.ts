import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { Known, ROUTES, Verbs } from '../wire';
import { followed } from './calls';
import { carried, uncarried } from './carried';

export type Verb = keyof Verbs;
export type Ask<V extends Verb> = Verbs[V][0];
export type Answer<V extends Verb> = Verbs[V][1];
/** How far a long answer is. */
export interface IProgress {
  done: number;
  total: number;
  text: string;
}

/** Whoever waits for an answer that takes a while: is told how far it is, and may want it no more. */
export interface IWatch {
  progress?: (told: IProgress) => void;
  signal?: AbortSignal;
}

/** Ask a verb; views are given nothing else, so that they work over REST as well as over a comm. */
export type Call = <V extends Verb>(verb: V, ask: Ask<V>, watch?: IWatch) => Promise<Answer<V>>;

const PLACE = 'jupyter-mlc/v1';
const NEEDS_CONFIRMATION = 409;
const NOT_FOUND = 404;
const ACCEPTED = 202;

/** The registry said no; `hint` is what to do next. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly hint: string,
    readonly token: string = ''
  ) {
    super(message);
  }
}

/** Nobody answers: the server part is not installed, or not enabled. */
export class Missing extends Error {}

interface IRefused {
  message: string;
  hint: string;
  token?: string;
}

export class Client {
  constructor(private readonly settings: ServerConnection.ISettings) {}

  /** The UUID of the registry that is asked; empty: the server's own. */
  registry = '';

  call: Call = async (verb, ask, watch = {}) => {
    const body = JSON.stringify(carried(ask));
    const response = await this.request(ROUTES[verb], { method: 'POST', body });
    const told = await response.json();
    const reply = response.status === ACCEPTED ? await followed(told.call, this.going, watch) : told;
    return uncarried(reply) as Answer<typeof verb>;
  };

  /** A call that a process of its own answers: asked how it is, or ended. */
  private readonly going = async (call: string, method: 'GET' | 'DELETE'): Promise<unknown> => {
    const response = await this.request(`calls/${encodeURIComponent(call)}`, { method });
    return method === 'GET' ? response.json() : null;
  };

  /** The bytes that a digest names, as text. */
  blob = async (digest: string): Promise<string> => {
    return (await this.request(`blobs/${digest}`, {})).text();
  };

  /** The server's own registry, and those that its kernels use. */
  async registries(): Promise<readonly Known[]> {
    return (await this.request('registries', {})).json();
  }

  private async request(path: string, init: RequestInit): Promise<Response> {
    const query = this.registry ? URLExt.objectToQueryString({ registry: this.registry }) : '';
    const url = URLExt.join(this.settings.baseUrl, PLACE, path) + query;
    const response = await ServerConnection.makeRequest(url, init, this.settings);
    if (!response.ok) {
      throw await refused(response);
    }
    return response;
  }
}

async function refused(response: Response): Promise<Error> {
  const told = await said(response);
  if (told) {
    return new Refusal(told.message, told.hint, response.status === NEEDS_CONFIRMATION ? told.token : '');
  }
  return response.status === NOT_FOUND ? new Missing() : new Refusal(`${response.status} ${response.statusText}`, '');
}

/** What the registry says of its refusal; nothing where somebody else answered. */
async function said(response: Response): Promise<IRefused | null> {
  try {
    const told = await response.json();
    return typeof told?.code === 'string' ? told : null;
  } catch {
    return null;
  }
}
