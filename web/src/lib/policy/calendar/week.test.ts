import { describe, expect, it } from 'vitest';
import { asOn, byDay, nextWindow, parted, withDay, withDays } from './week';

const window = (day: string, from: string, to: string) => ({ day, from: `${from}:00`, to: `${to}:00` });
const open = [window('tuesday', '13:00', '17:00'), window('monday', '09:00', '17:00'), window('tuesday', '09:00', '12:00')];
const shown = (windows: { day: string; from: string; to: string }[]) => windows.map((one) => `${one.day} ${one.from.slice(0, 5)}-${one.to.slice(0, 5)}`);

describe('the week', () => {
  it('has seven days, each with its hours in order', () => {
    const days = byDay(open);
    expect(days.map((one) => one.windows.length)).toEqual([1, 2, 0, 0, 0, 0, 0]);
    expect(shown(days[1]!.windows)).toEqual(['tuesday 09:00-12:00', 'tuesday 13:00-17:00']);
  });

  it('changes one day and leaves the others', () => {
    expect(shown(withDay(open, 'monday', []))).toEqual(['tuesday 09:00-12:00', 'tuesday 13:00-17:00']);
    expect(shown(withDay(open, 'friday', [window('', '08:00', '10:00')])).at(-1)).toBe('friday 08:00-10:00');
  });

  it('takes the hours of one day to every day that is open', () => {
    expect(shown(asOn(open, 'tuesday'))).toEqual(['monday 09:00-12:00', 'monday 13:00-17:00', 'tuesday 09:00-12:00', 'tuesday 13:00-17:00']);
  });

  it('offers an afternoon after a morning', () => {
    expect(shown([nextWindow([], 'monday')])).toEqual(['monday 09:00-17:00']);
    expect(shown([nextWindow([window('monday', '09:00', '12:00')], 'monday')])).toEqual(['monday 13:00-17:00']);
    expect(shown([nextWindow([window('monday', '09:00', '21:30')], 'monday')])).toEqual(['monday 22:00-23:00']);
    expect(shown([nextWindow([window('monday', '22:00', '00:00')], 'monday')])).toEqual(['monday 09:00-17:00']);
  });
});

describe('holidays', () => {
  it('are in order and once a day', () => {
    const days = withDays([{ date: '2026-12-25', name: 'Christmas' }], [{ date: '2026-01-01', name: '' }, { date: '2026-12-25', name: 'Christmas Day' }]);
    expect(days).toEqual([{ date: '2026-01-01', name: '' }, { date: '2026-12-25', name: 'Christmas Day' }]);
  });

  it('today is not over', () => {
    const day = (date: string) => ({ date, name: '' });
    const { past, ahead } = parted([day('2026-05-01'), day('2026-05-02')], '2026-05-02');
    expect([past.length, ahead.length]).toEqual([1, 1]);
  });
});
