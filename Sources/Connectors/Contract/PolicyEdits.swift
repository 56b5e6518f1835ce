/// What `idsync whatif` changes in what a provider says, before it is compiled; nothing is written anywhere.
///
/// A connector passes every list of policies, rules or flow steps through ``applied(to:state:on:off:)``, and leaves out
/// the memberships of ``removedGroups``.
public struct PolicyEdits: Sendable, Hashable {
  /// Ids of policies, rules or steps to switch on.
  public var enabled: Set<String>
  /// Ids of policies, rules or steps to switch off.
  public var disabled: Set<String>
  /// Ids or names of groups that are to have no members.
  public var removedGroups: Set<String>
  /// Documents in the provider's own JSON: one with a known id replaces that one, another is added where a list takes it.
  public var documents: [JSONValue]

  /// Makes edits; without arguments none.
  public init(
    enabled: Set<String> = [], disabled: Set<String> = [], removedGroups: Set<String> = [],
    documents: [JSONValue] = []
  ) {
    self.enabled = enabled
    self.disabled = disabled
    self.removedGroups = removedGroups
    self.documents = documents
  }

  /// Whether there is nothing to change.
  public var isEmpty: Bool {
    enabled.isEmpty && disabled.isEmpty && removedGroups.isEmpty && documents.isEmpty
  }

  /// A list of the provider's documents as it would be.
  ///
  /// - Parameters:
  ///   - state: the key that switches a document on and off, e.g. `status`.
  ///   - on: its value when on.
  ///   - off: its value when off.
  ///   - isOfThisList: whether a document with an unknown id belongs to this list; by default none does.
  func applied(
    to list: [JSONValue], state: String, on: JSONValue, off: JSONValue,
    adding isOfThisList: (JSONValue) -> Bool = { _ in false }
  ) -> [JSONValue] {
    guard !isEmpty else { return list }
    var result = list.map { entry in
      documents.first { Self.id($0) != nil && Self.id($0) == Self.id(entry) } ?? entry
    }
    let known = Set(list.compactMap(Self.id))
    result += documents.filter { document in
      Self.id(document).map { !known.contains($0) } != false && isOfThisList(document)
    }
    return result.map { entry in
      guard let id = Self.id(entry), case .object(var members) = entry else { return entry }
      if enabled.contains(id) { members[state] = on }
      if disabled.contains(id) { members[state] = off }
      return .object(members)
    }
  }

  /// Whether a group is to have no members.
  func removes(group id: String, name: String?) -> Bool {
    removedGroups.contains(id) || name.map(removedGroups.contains) == true
  }

  private static func id(_ document: JSONValue) -> String? {
    document["id"].flatMap { $0.string ?? $0.integer.map(String.init) }
  }
}
