/** A voicemail that is played is heard: the button beside the player is pressed behind the scenes. */
export default function hearing(player) {
  player.addEventListener('play', mark, { once: true });

  async function mark() {
    const row = player.closest('.recording');
    const form = row.querySelector('.recording__hearing');
    const address = new URL(form.action);
    address.searchParams.set('by', 'player');
    const answer = await fetch(address, {
      method: 'POST',
      body: new URLSearchParams(new FormData(form)),
      redirect: 'manual',
    });
    // A redirect is all it answers when it went well.
    if (answer.type !== 'opaqueredirect') return;
    form.remove();
    const call = player.closest('tr');
    call?.classList.remove('calls-table__new');
    call?.querySelector('[data-new]')?.remove();
  }
}
