public import IdentityCore

/// Reads the words of the command line; a wrong one gets the nearest right one.
public enum AdministrationWords {
  /// A role.
  ///
  /// - Throws: ``WorkerError`` with `.badInput`.
  public static func role(_ word: String) throws(WorkerError) -> TeamRole {
    if let role = TeamRole(rawValue: word.lowercased()) { return role }
    throw unknown("role", word, TeamRole.allCases.map(\.rawValue))
  }

  /// Permissions as a list with commas: `deploy,view`.
  ///
  /// - Throws: ``WorkerError`` with `.badInput`.
  public static func permissions(_ text: String) throws(WorkerError) -> PermissionSet {
    var permissions: PermissionSet = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let word = part.trimmingPrefix { $0 == " " }.lowercased()
      guard let permission = AppPermission(rawValue: word) else {
        throw unknown("permission", String(part), AppPermission.allCases.map(\.rawValue))
      }
      permissions.insert(PermissionSet(permission))
    }
    return permissions
  }

  /// An address without the white space around it.
  public static func address(_ text: String) -> String {
    let scalars = text.unicodeScalars.drop { $0.properties.isWhitespace }
    let end = scalars.lastIndex { !$0.properties.isWhitespace }
    return end.map { String(scalars[...$0]) } ?? ""
  }

  private static func unknown(_ what: String, _ word: String, _ known: [String]) -> WorkerError {
    let nearest = NearestName.find(word, in: known).map { " Did you mean \($0)?" } ?? ""
    return WorkerError(
      .badInput,
      "There is no \(what) \"\(word)\"; there are \(known.joined(separator: ", ")).\(nearest) Nothing was changed."
    )
  }
}
