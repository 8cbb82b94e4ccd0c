/** A JSON-RPC 2.0 client over a WebSocket, as small as the scripts need it: requests and subscriptions. */

/** An error that the server reported, as opposed to a connection that failed. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;

  constructor(method: string, code: number, message: string) {
    super(`${method}: ${message}`);
    this.code = code;
  }
}

interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
  readonly params?: { readonly subscription: string; readonly result: unknown };
}

interface Pending {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A connection to a node. It ends with the node; after that every request is refused. */
export class RpcClient {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<string, (result: unknown) => void>();
  /** Notifications may arrive before the answer that tells the subscription's id. */
  readonly #early = new Map<string, unknown[]>();
  #nextId = 1;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', (event) => this.#receive(JSON.parse(String(event.data)) as Message));
    socket.addEventListener('close', () => {
      for (const { method, reject } of this.#pending.values())
        reject(new Error(`${method}: the connection was closed`));
      this.#pending.clear();
    });
  }

  /** @throws when nobody answers at `url` */
  static async connect(url: string): Promise<RpcClient> {
    const socket = new WebSocket(url);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve(), { once: true });
      socket.addEventListener('error', () => reject(new Error(`no connection to ${url}`)), { once: true });
    });
    return new RpcClient(socket);
  }

  /** @throws {RpcError} when the server refuses; a plain error when the connection is gone */
  async request<T>(method: string, ...params: unknown[]): Promise<T> {
    if (this.#socket.readyState !== WebSocket.OPEN) throw new Error(`${method}: the connection is closed`);
    const id = this.#nextId++;
    const answer = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { method, resolve, reject }));
    this.#socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    return (await answer) as T;
  }

  /** Subscribes for as long as the connection lasts; `onResult` receives each notification. */
  async subscribe<T>(method: string, params: readonly unknown[], onResult: (result: T) => void): Promise<void> {
    const id = await this.request<string>(method, ...params);
    const listener = onResult as (result: unknown) => void;
    this.#listeners.set(id, listener);
    for (const result of this.#early.get(id) ?? []) listener(result);
    this.#early.delete(id);
  }

  close(): void {
    this.#socket.close();
  }

  #receive(message: Message): void {
    if (message.params !== undefined) {
      const { subscription, result } = message.params;
      const listener = this.#listeners.get(subscription);
      if (listener) listener(result);
      else this.#early.set(subscription, [...(this.#early.get(subscription) ?? []), result]);
      return;
    }
    const pending = this.#pending.get(message.id ?? 0);
    if (!pending) return;
    this.#pending.delete(message.id ?? 0);
    if (message.error) pending.reject(new RpcError(pending.method, message.error.code, message.error.message));
    else pending.resolve(message.result);
  }
}
