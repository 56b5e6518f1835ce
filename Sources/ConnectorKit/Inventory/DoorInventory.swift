package import IdentityCore

/// The doors and modifiers of one kind of provider, each a case: a closed list.
///
/// A reading gives each its state in a `switch`, so that a new line does not compile until every reading accounts for it.
package protocol DoorInventory: CaseIterable, Hashable, Sendable {
  /// What the line is.
  var row: InventoryRow { get }
}

/// How a reading accounts for one door or modifier.
package enum RowState: Sendable {
  /// The model decides it, with what is not known of it.
  case judged(String)
  /// It lets nobody in and changes nothing, by what was read or by documented design.
  case closed(String)
  /// It cannot exist here, by what was read.
  case absent(String)
  /// The configuration says so, in a key of its own.
  case configured(String)
  /// No proof speaks of it.
  case outOfScope(String)
  /// Nobody knows; why, and who can mend it. What is made of it is the line's worst case.
  case unknown(String, remedy: String)
  /// Things of the line that are known each for itself.
  case each([(object: String, version: String?, state: RowState)])
}

extension DoorInventory {
  /// The entries of one line.
  func entries(_ state: RowState, object: String? = nil, version: String? = nil) -> [InventoryEntry]
  {
    func entry(
      _ state: InventoryEntry.State, _ why: String, remedy: String = ""
    ) -> [InventoryEntry] {
      [
        InventoryEntry(
          row, object: object, version: version, state: state, why: why, remedy: remedy)
      ]
    }
    return switch state {
    case .judged(let how): entry(.judged, how)
    case .closed(let by): entry(.closed, by)
    case .absent(let by): entry(.absent, by)
    case .configured(let words): entry(.vouched, words)
    case .outOfScope(let why): entry(.outOfScope, why)
    case .unknown(let why, let remedy): entry(.unknown, why, remedy: remedy)
    case .each(let things):
      things.isEmpty
        ? entry(.absent, "there is none")
        : things.flatMap { entries($0.state, object: $0.object, version: $0.version) }
    }
  }
}

extension ProviderApp {
  /// Accounts for every door and modifier of the provider's kind, with what the operator vouches for.
  ///
  /// - Parameter state: gives each line its state; a `switch` over all of them.
  /// - Returns: what is to be told of vouches that count no more.
  package mutating func account<Row: DoorInventory>(
    _ rows: Row.Type, _ vouches: Vouches, _ state: (Row) -> RowState
  ) -> [SourceIssue] {
    var told: [SourceIssue] = []
    let entries = Row.allCases.flatMap { row in row.entries(state(row)) }.map { entry in
      let (result, vouch, fate) = vouches.applied(to: entry, at: id)
      if let vouch, let issue = vouch.issue(fate, entry.name) { told.append(issue) }
      return result
    }
    account(for: entries)
    return told
  }
}

extension Vouch {
  /// What is to be told of a vouch that counts no more; nil for one that counts.
  func issue(_ fate: Vouches.Fate, _ name: String) -> SourceIssue? {
    let (message, remedy): (String, String)
    switch fate {
    case .used: return nil
    case .ended:
      message = "\(author) vouched for \(name) until \(day); that counts no more."
      remedy = "Look at it again, and give the entry of `vouch` a new day, or take it out."
    case .changed(let version):
      message =
        "\(author) vouched for \(name) in version \(self.version ?? "none"), and it is \(version) now; that counts no more."
      remedy = "Look at what changed, and give the entry of `vouch` the version \(version)."
    }
    return SourceIssue(
      code: "vouch-void", call: "vouch", message: message, remedy: remedy, affects: .details)
  }
}

extension InventoryEntry {
  /// The line to put under `vouch` of the source for an entry that nobody knows; nil for the others.
  package func vouchLine(at app: AppID) -> String? {
    guard state == .unknown else { return nil }
    var parts = ["row: \(row)", "app: \"\(app)\""]
    if let object { parts.append("object: \"\(object)\"") }
    if let version { parts.append("version: \"\(version)\"") }
    parts += ["reason: \"…\"", "by: …", "until: …"]
    return "- { \(parts.joined(separator: ", ")) }"
  }
}
