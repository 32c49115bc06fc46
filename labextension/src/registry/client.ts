import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { Known, Refused, ROUTES } from '../wire';
import { Answer, Call, IWords, Missing, Refusal } from './asking';
import { followed } from './calls';
import { carried, read, uncarried } from './carried';

const PLACE = 'jupyter-mlc/v1';
const NEEDS_CONFIRMATION = 409;
const NOT_FOUND = 404;
const ACCEPTED = 202;

export class Client {
  constructor(
    private readonly settings: ServerConnection.ISettings,
    private readonly trans: IWords
  ) {}

  /** The UUID of the registry that is asked; empty: the server's own, which may not be made yet. */
  registry = '';

  call: Call = async (verb, ask, progress, signal) => {
    const body = JSON.stringify(carried(ask));
    const response = await this.request(ROUTES[verb], { method: 'POST', body });
    if (response.status !== ACCEPTED) {
      return read(await response.text()) as Answer<typeof verb>;
    }
    const { call } = await response.json();
    return uncarried(await followed(call, this.going, this.trans, progress, signal)) as Answer<typeof verb>;
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
      throw await refused(response, this.trans);
    }
    return response;
  }
}

async function refused(response: Response, trans: IWords): Promise<Error> {
  const told = await said(response);
  if (told) {
    return new Refusal(told.message, told.hint, response.status === NEEDS_CONFIRMATION ? told.token : '');
  }
  if (response.status === NOT_FOUND) {
    return new Missing(trans.__('The server part of jupyter-mlc does not answer.'));
  }
  return new Refusal(`${response.status} ${response.statusText}`, '');
}

/** What the registry says of its refusal; nothing where somebody else answered. */
async function said(response: Response): Promise<Refused | null> {
  try {
    const told = await response.json();
    return typeof told?.code === 'string' ? told : null;
  } catch {
    return null;
  }
}
