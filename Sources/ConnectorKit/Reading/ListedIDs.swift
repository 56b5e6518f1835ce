/// Ids of accounts, as other lists may spell them: just so, or where nobody has one so, differing by case alone.
///
/// For accounts that are in no ``AccountTable`` yet; the same rule as `position(listed:)`.
package struct ListedIDs: Sendable {
  private let exact: Set<String>
  private let folded: [String: [String]]

  package init(_ ids: some Sequence<String>) {
    exact = Set(ids)
    folded = Dictionary(grouping: exact) { $0.lowercased() }
  }

  /// The id that a list means; nil where it is nobody's, or might be that of several.
  package func known(_ listed: String) -> String? {
    if exact.contains(listed) { return listed }
    let others = folded[listed.lowercased()] ?? []
    return others.count == 1 ? others[0] : nil
  }
}
