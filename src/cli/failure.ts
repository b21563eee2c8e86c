/** Why a command could not do what it was asked, in words for people: exit code 2. */
export class CannotDo extends Error {
  override readonly name = 'CannotDo';
}
