// What the top bar shows for the page that is open.
class Shell {
  title = $state('');
  /** Where “back” leads; pages of one thing have it instead of a title. */
  back: string | null = $state(null);

  set(title: string, back: string | null = null): void {
    this.title = title;
    this.back = back;
  }
}

export const shell = new Shell();
