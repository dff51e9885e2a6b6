// Theme, density and whether single keys do something; kept in this browser. `static/display.js` applies the first two
// before the first paint.
export type Theme = '' | 'light' | 'dark' | 'contrast';
export type Density = 'compact' | 'regular' | 'roomy';

function read(key: string): string {
  try {
    return localStorage.getItem(`comity-${key}`) ?? '';
  } catch {
    return '';
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(`comity-${key}`, value);
  } catch {
    // Without storage the choice holds until the page is left.
  }
}

class Display {
  theme: Theme = $state(read('theme') as Theme);
  density: Density = $state((read('density') || 'regular') as Density);
  singleKeys: boolean = $state(read('single-keys') !== 'off');

  chooseTheme(theme: Theme): void {
    this.theme = theme;
    this.#apply('theme', theme);
  }

  chooseDensity(density: Density): void {
    this.density = density;
    this.#apply('density', density);
  }

  chooseSingleKeys(on: boolean): void {
    this.singleKeys = on;
    keep('single-keys', on ? '' : 'off');
  }

  #apply(key: 'theme' | 'density', value: string): void {
    if (value) document.documentElement.dataset[key] = value;
    else delete document.documentElement.dataset[key];
    keep(key, value);
  }
}

export const display = new Display();
