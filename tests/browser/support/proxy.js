// A balancer in front of servers: request by request in turn, so nothing is sticky. It may
// hold answers to forms, as a slow network does.
import http from 'node:http';

export class Proxy {
  #server;

  static async start(addresses, { hold = 0 } = {}) {
    const proxy = new Proxy();
    let turn = 0;
    proxy.#server = http.createServer((request, response) => {
      const { hostname, port } = new URL(addresses[turn++ % addresses.length]);
      const { method, url: path, headers } = request;
      const onward = http.request({ hostname, port, method, path, headers }, answer => {
        setTimeout(() => {
          response.writeHead(answer.statusCode, answer.rawHeaders);
          answer.pipe(response);
        }, method === 'POST' ? hold : 0);
      });
      onward.on('error', () => response.destroy());
      request.pipe(onward);
    });
    await new Promise(ready => proxy.#server.listen(0, '127.0.0.1', ready));
    proxy.address = `http://127.0.0.1:${proxy.#server.address().port}`;
    return proxy;
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
