/// How the roster's own ids tell people apart.
///
/// Two ids that differ by case alone are no two people: whoever took them for that would end what is known of one.
enum PersonIDs {
  /// Whether two ids are one in different spellings.
  static func differInCase(_ one: String, _ other: String) -> Bool {
    one != other && one.lowercased() == other.lowercased()
  }

  /// Who is a known person under another address: one row and one person have the roster's id, and no others.
  ///
  /// Where nobody has it as it is spelt, one that differs by case alone counts.
  static func renames(
    _ left: [PriorRow], _ joined: [Int], id: (Int) -> String?
  ) -> [Int: PriorRow] {
    var result = pairs(left, joined, id: id) { $0 }
    let taken = Set(result.values.map(\.id))
    let others = joined.filter { result[$0] == nil }
    result.merge(
      pairs(left.filter { !taken.contains($0.id) }, others, id: id) { $0.lowercased() }
    ) { exact, _ in exact }
    return result
  }

  private static func pairs(
    _ left: [PriorRow], _ joined: [Int], id: (Int) -> String?, spelling: (String) -> String
  ) -> [Int: PriorRow] {
    let rows = Dictionary(grouping: left) { spelling($0.userID ?? "") }
    let people = Dictionary(grouping: joined) { spelling(id($0) ?? "") }
    var result: [Int: PriorRow] = [:]
    for (id, found) in people where !id.isEmpty && found.count == 1 {
      if let row = rows[id], row.count == 1 { result[found[0]] = row[0] }
    }
    return result
  }
}
