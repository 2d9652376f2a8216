import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fitsSocket } from '../../bin/lib/private-database.mjs';
import { address, dataFolder, requireFreePort, requireNode } from '../../bin/lib/surroundings.mjs';

describe('what a start needs', () => {
  it('is Node 20.19 on a system that is not Windows', () => {
    expect(() => requireNode('20.18.3', 'linux')).toThrow('needs Node 20.19');
    expect(() => requireNode('18.20.0', 'linux')).toThrow('needs Node 20.19');
    expect(() => requireNode('20.19.0', 'linux')).not.toThrow();
    expect(() => requireNode('22.0.0', 'darwin')).not.toThrow();
    expect(() => requireNode('22.0.0', 'win32')).toThrow('WSL');
  });

  it('is a port that is a number', () => {
    expect(address({})).toEqual({ host: '127.0.0.1', port: 3000 });
    expect(() => address({ PORT: '70000' })).toThrow('PORT is "70000"');
    expect(() => address({ PORT: 'http' })).toThrow('PORT is "http"');
  });

  it('is a port nobody listens on', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(requireFreePort({ host: '127.0.0.1', port })).rejects.toThrow(`Port ${port} is in use`);
    await new Promise((resolve) => other.close(resolve));
    await expect(requireFreePort({ host: '127.0.0.1', port })).resolves.toBeUndefined();
  });

  it('is a folder for its owner alone, made when missing', () => {
    const parent = mkdtempSync(join(tmpdir(), 'carnet-spec-'));
    try {
      const folder = dataFolder({ DATA_DIR: join(parent, 'a', 'b') });
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      expect(() => dataFolder({ DATA_DIR: '/dev/null' })).toThrow('/dev/null, but that is a file');
    } finally {
      rmSync(parent, { recursive: true });
    }
  });

  it('is a socket path that the system takes, counted in bytes', () => {
    expect(fitsSocket(`/${'a'.repeat(99)}`)).toBe(true);
    expect(fitsSocket(`/${'a'.repeat(100)}`)).toBe(false);
    expect(fitsSocket(`/${'é'.repeat(60)}`)).toBe(false);
  });
});
