package import JSONQuery
internal import Synchronization

/// What `idsync whatif` changes in what a provider says, before it is compiled; nothing is written anywhere.
///
/// A connector passes every list of policies, rules or flow steps through ``applied(to:state:on:off:adding:)``, and leaves
/// out the memberships of ``removedGroups``. Which edits met something is noted, for an edit that meets nothing is no answer.
package struct PolicyEdits: Sendable {
  /// Ids of policies, rules or steps to switch on.
  package var enabled: Set<String>
  /// Ids of policies, rules or steps to switch off.
  package var disabled: Set<String>
  /// Ids or names of groups that are to have no members.
  package var removedGroups: Set<String>
  /// Documents in the provider's own JSON: one with a known id replaces that one, another is added where a list takes it.
  package var documents: [JSONValue]
  private let met = MetEdits()

  /// Makes edits; without arguments none.
  package init(
    enabled: Set<String> = [], disabled: Set<String> = [], removedGroups: Set<String> = [],
    documents: [JSONValue] = []
  ) {
    self.enabled = enabled
    self.disabled = disabled
    self.removedGroups = removedGroups
    self.documents = documents
  }

  /// Whether there is nothing to change.
  package var isEmpty: Bool {
    enabled.isEmpty && disabled.isEmpty && removedGroups.isEmpty && documents.isEmpty
  }

  /// Whether something that was read has this id (or name, or a path that ends in it) and was changed.
  package func hasMet(_ id: String) -> Bool { met.contains(id) }

  /// The id of a document: `id`, Duo's `policy_key` or Google's `name`.
  package static func id(of document: JSONValue) -> String? {
    for key in ["id", "policy_key", "name"] {
      if let value = document[key] { return value.string ?? value.integer.map(String.init) }
    }
    return nil
  }

  /// A list of the provider's documents as it would be.
  ///
  /// - Parameters:
  ///   - state: the key that switches a document on and off, e.g. `status`.
  ///   - on: its value when on.
  ///   - off: its value when off.
  ///   - isOfThisList: whether a document with an unknown id belongs to this list; by default none does.
  package func applied(
    to list: [JSONValue], state: String, on: JSONValue, off: JSONValue,
    adding isOfThisList: (JSONValue) -> Bool = { _ in false }
  ) -> [JSONValue] {
    guard !isEmpty else { return list }
    var result = list.map { entry in Self.id(of: entry).flatMap(document) ?? entry }
    let known = Set(list.compactMap(Self.id))
    for document in documents {
      let id = Self.id(of: document)
      guard id.map(known.contains) != true, isOfThisList(document) else { continue }
      id.map(met.insert)
      result.append(document)
    }
    return result.map { entry in
      guard let id = Self.id(of: entry), case .object(var members) = entry,
        let isOn = switched(id)
      else { return entry }
      members[state] = isOn ? on : off
      return .object(members)
    }
  }

  /// The document that stands in for the one with this id.
  package func document(for id: String) -> JSONValue? {
    let found = documents.first { Self.id(of: $0) == id }
    if found != nil { met.insert(id) }
    return found
  }

  /// Whether what has this id is to be switched on or off; nil when it stays as it is.
  package func switched(_ id: String) -> Bool? {
    let isOn = disabled.contains(id) ? false : enabled.contains(id) ? true : nil
    if isOn != nil { met.insert(id) }
    return isOn
  }

  /// Whether a group is to have no members.
  package func removes(group id: String, name: String?) -> Bool {
    let found = [id, name].compactMap(\.self).filter(removedGroups.contains)
    found.forEach(met.insert)
    return !found.isEmpty
  }
}

/// The ids that edits met while a provider was read.
private final class MetEdits: Sendable {
  private let ids = Mutex(Set<String>())

  func insert(_ id: String) { _ = ids.withLock { $0.insert(id) } }

  func contains(_ id: String) -> Bool {
    ids.withLock { $0.contains(id) || $0.contains { $0.hasSuffix("/" + id) } }
  }
}
