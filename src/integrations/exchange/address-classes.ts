import { BlockList, isIP } from 'node:net';

/**
 * Whether an address is one of the public internet (IANA special-purpose registries, RFC 6890 and after). Addresses that
 * carry an IPv4 one inside (mapped, NAT64, 6to4) are judged by it: the network takes them there.
 */
export function isPublicAddress(address: string): boolean {
  const bytes = bytesOf(address);
  if (bytes === null) return false;
  const inner = bytes.length === 16 ? innerIpv4(bytes) : null;
  if (inner !== null) return isPublicAddress(inner);
  if (bytes.length === 4) return !special.check(address.trim(), 'ipv4');
  // Only 2000::/3 is given out at all.
  return bytes[0] >> 5 === 1 && !special.check(withoutZone(address), 'ipv6');
}

/**
 * What no server is ever reached by, listed or not: nothing (0.0.0.0), many (multicast), and the neighbours of the machine
 * itself, where clouds keep the machine's own secrets (169.254.169.254, fd00:ec2::254).
 */
export function isNeverReached(address: string): boolean {
  const bytes = bytesOf(address);
  if (bytes === null) return true;
  const inner = bytes.length === 16 ? innerIpv4(bytes) : null;
  if (inner !== null) return isNeverReached(inner);
  return bytes.length === 4 ? never.check(address, 'ipv4') : never.check(withoutZone(address), 'ipv6');
}

function blockList(ranges: string): BlockList {
  const list = new BlockList();
  for (const range of ranges.trim().split(/\s+/)) {
    const [network, length] = range.split('/');
    list.addSubnet(network, Number(length), network.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}

const special = blockList(`
  0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
  192.88.99.0/24 168.63.129.16/32 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
  2001::/23 2001:db8::/32 3fff::/20
`);

const never = blockList(`
  0.0.0.0/8 169.254.0.0/16 224.0.0.0/4 240.0.0.0/4 100.100.100.200/32 168.63.129.16/32 ::/128 fe80::/10 ff00::/8 fd00:ec2::254/128
`);

/** 4 or 16 bytes; null when it is no address. */
function bytesOf(address: string): number[] | null {
  const kind = isIP(address);
  if (kind === 4) return address.split('.').map(Number);
  if (kind !== 6) return null;
  const [head, tail] = withoutZone(address).split('::');
  const front = groupsOf(head);
  const back = tail === undefined ? [] : groupsOf(tail);
  const gap = tail === undefined ? [] : Array<number>(8 - front.length - back.length).fill(0);
  return [...front, ...gap, ...back].flatMap((group) => [group >> 8, group & 0xff]);
}

function groupsOf(part: string): number[] {
  return part
    .split(':')
    .filter(Boolean)
    .flatMap((group) => {
      if (!group.includes('.')) return [parseInt(group, 16)];
      const [a, b, c, d] = group.split('.').map(Number);
      return [(a << 8) | b, (c << 8) | d];
    });
}

function innerIpv4(bytes: readonly number[]): string | null {
  const startsWith = (...prefix: number[]) => prefix.every((byte, index) => bytes[index] === byte);
  const at = (offset: number) => bytes.slice(offset, offset + 4).join('.');
  const zeros = Array<number>(10).fill(0);
  // ::ffff:0:0/96 mapped; ::/96 compatible, but ::1 and :: are themselves.
  if (startsWith(...zeros, 0xff, 0xff)) return at(12);
  if (startsWith(...zeros, 0, 0)) return bytes[12] === 0 && bytes[13] === 0 ? null : at(12);
  // ::ffff:0:0:0/96 translated; 64:ff9b::/96 NAT64; 2002::/16 6to4.
  if (startsWith(0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0)) return at(12);
  if (startsWith(0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0)) return at(12);
  if (startsWith(0x20, 0x02)) return at(2);
  return null;
}

function withoutZone(address: string): string {
  return address.split('%')[0];
}
