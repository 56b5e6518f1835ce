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
}
