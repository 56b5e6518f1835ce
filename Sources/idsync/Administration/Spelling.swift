internal import ArgumentParser
internal import Worker

/// The spellings Heroku users know: `members:add` for `members add`, `lock` for `apps lock`.
enum Spelling {
  private static let groups: Set<String> = ["members", "access", "apps"]
  private static let short: Set<String> = ["lock", "unlock", "join"]

  /// The command line in our own spelling.
  static func ours(_ arguments: [String]) -> [String] {
    guard let first = arguments.first else { return arguments }
    let parts = first.split(separator: ":", maxSplits: 1).map(String.init)
    if parts.count == 2, groups.contains(parts[0]) { return parts + arguments.dropFirst() }
    if short.contains(first) { return ["apps", first] + arguments.dropFirst() }
    return arguments
  }

  /// Tells of what would be read as something else than it was meant for.
  ///
  /// - Throws: `ValidationError` for an address that begins with a dash, whose letters would be taken for options, `-h` among
  ///   them; and for a command that there is not, with the nearest one.
  static func check(_ arguments: [String], commands: [String]) throws {
    let isCompletion = arguments.first?.hasPrefix("--") == true
    for argument in arguments.prefix(while: { $0 != "--" }) where !isCompletion {
      guard argument.hasPrefix("-"), !argument.hasPrefix("--"), argument.contains("@"),
        !argument.contains("=")
      else { continue }
      throw ValidationError(
        "An address that begins with a dash stands at the end, behind --, so that it is no option: … -- \(argument). "
          + "Nothing was done.")
    }
    guard let first = arguments.first, !first.hasPrefix("-") else { return }
    let known = commands + ["help"]
    guard let name = ours([first]).first, !known.contains(name),
      let nearest = Nearest.word(to: name, in: known)
    else { return }
    throw ValidationError("There is no command \(first). Did you mean \(nearest)?")
  }
}
