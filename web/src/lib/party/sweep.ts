import type { Party } from '$lib/api/types';

/** The part of the shape that a running clock has swept, from the top with the hands. */
export function sweep(party: Party, used: number): string {
  const share = Math.min(0.99, Math.max(0.02, used));
  const angle = share * 2 * Math.PI;
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const round = (value: number) => Math.round(value * 10) / 10;
  const reach = 6.8;
  if (party === 'consumer') return `M8 8V1.2A${reach} ${reach} 0 ${share > 0.5 ? 1 : 0} 1 ${round(8 + reach * sin)} ${round(8 - reach * cos)}z`;
  const corners = [
    [0.125, '14.8 1.2'],
    [0.375, '14.8 14.8'],
    [0.625, '1.2 14.8'],
    [0.875, '1.2 1.2']
  ] as const;
  const passed = corners.filter(([at]) => at < share).map(([, point]) => `L${point}`);
  const far = reach / Math.max(Math.abs(sin), Math.abs(cos));
  return `M8 8V1.2${passed.join('')}L${round(8 + far * sin)} ${round(8 - far * cos)}z`;
}
