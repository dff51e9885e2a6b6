// Tells whether an element is on the screen, so that only clocks that can be seen tick every second.
import type { Attachment } from 'svelte/attachments';

export function whileVisible(change: (visible: boolean) => void): Attachment {
  return (element) => {
    const observer = new IntersectionObserver((entries) => change(entries.at(-1)?.isIntersecting ?? false));
    observer.observe(element);
    return () => observer.disconnect();
  };
}
