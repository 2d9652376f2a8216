export default async function tearDown() {
  await globalThis.ownTestDatabase?.close();
}
