import { Contents, ServerConnection } from '@jupyterlab/services';
import { ISignal, Signal } from '@lumino/signaling';

import { IDesk, IStored } from './desk';

const DRIVE = 'mlc';
const JOB = 'job';
/** Lines that are not asked for: the notebook alone is. */
const NO_LINES = 1_000_000_000;

/** Where a stored notebook is found, as JupyterLab names it. */
export function pathOf({ name, digest, job }: IStored): string {
  return `${DRIVE}:${job === undefined ? digest?.replace(':', '-') : `${JOB}-${job}`}/${name}.ipynb`;
}

/** The notebooks that the registry keeps, as documents that are read and never written. */
export class StoredNotebooks implements Contents.IDrive {
  constructor(
    private readonly desk: Pick<IDesk, 'call' | 'blob' | 'trans'>,
    readonly serverSettings: ServerConnection.ISettings
  ) {}

  readonly name = DRIVE;
  isDisposed = false;

  get fileChanged(): ISignal<this, Contents.IChangedArgs> {
    return this.signal;
  }

  dispose(): void {
    this.isDisposed = true;
    Signal.clearData(this);
  }

  async get(path: string, options?: Contents.IFetchOptions): Promise<Contents.IModel> {
    const [place, name] = path.split('/');
    if (!name) {
      return { ...model(path, path, 'directory'), format: 'json', content: options?.content === false ? null : [] };
    }
    const text = options?.content === false ? null : await this.read(place);
    return { ...model(name, path, 'notebook'), format: 'json', content: text === null ? null : JSON.parse(text) };
  }

  private async read(place: string): Promise<string> {
    const at = place.indexOf('-');
    const [kind, rest] = [place.slice(0, at), place.slice(at + 1)];
    if (kind !== JOB) {
      return this.desk.blob(`${kind}:${rest}`);
    }
    const { content } = await this.desk.call('job logs', { job: rest, after: NO_LINES, notebook: true });
    return content || JSON.stringify({ cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 });
  }

  async getDownloadUrl(): Promise<string> {
    throw this.readOnly();
  }

  async newUntitled(): Promise<Contents.IModel> {
    throw this.readOnly();
  }

  async delete(): Promise<void> {
    throw this.readOnly();
  }

  async rename(): Promise<Contents.IModel> {
    throw this.readOnly();
  }

  async save(): Promise<Contents.IModel> {
    throw this.readOnly();
  }

  async copy(): Promise<Contents.IModel> {
    throw this.readOnly();
  }

  async createCheckpoint(): Promise<Contents.ICheckpointModel> {
    throw this.readOnly();
  }

  async listCheckpoints(): Promise<Contents.ICheckpointModel[]> {
    return [];
  }

  async restoreCheckpoint(): Promise<void> {
    throw this.readOnly();
  }

  async deleteCheckpoint(): Promise<void> {
    throw this.readOnly();
  }

  private readOnly(): Error {
    const { trans } = this.desk;
    return new Error(trans.__('What the registry keeps is read, never written.'));
  }

  private readonly signal = new Signal<this, Contents.IChangedArgs>(this);
}

function model(name: string, path: string, type: Contents.ContentType): Omit<Contents.IModel, 'content' | 'format'> {
  const never = new Date(0).toISOString();
  return { name, path, type, writable: false, created: never, last_modified: never, mimetype: '' };
}
