internal import ConnectorKit
internal import IdentityCore

/// Reads an entry of `vouch` of a source.
struct VouchParser {
  /// The kind of the source, whose inventory says what there is to vouch for.
  let kind: any SourceKind

  func vouch(_ section: YAMLSection) -> Vouch? {
    let row = section.requiredString("row")
    let app = section.string("app")
    let object = section.string("object")
    let version = section.string("version")
    let reason = section.requiredString("reason")
    let author = section.requiredString("by")
    if !section.keys.contains("until") { _ = section.require("until") }
    let until = section.value("until", "a date such as 2027-01-31", ScalarText.moment)
    section.finish()
    guard let row, let reason, let author, let until, isKnown(row, section) else { return nil }
    return Vouch(
      row: row, app: app, object: object, version: version, reason: reason, author: author,
      until: until, day: String(until.text.prefix(10)))
  }

  private func isKnown(_ row: String, _ section: YAMLSection) -> Bool {
    let words = kind.inventory.map(\.id)
    if words.contains(row) { return true }
    section.reject(
      "row",
      words.isEmpty
        ? "nothing of a source of kind \(kind.word) can be vouched for"
        : "there is no \(WrongValue.quoted(row))\(WrongValue.nearest(row, in: words)); "
          + "`idsync providers \(kind.word)` lists the doors and modifiers")
    return false
  }
}

extension Configuration {
  /// The teams as they are at a moment: what leads to a door is its provider and each that it may leave a sign-in to, with
  /// the vouches that count then.
  ///
  /// A verdict that was given with a vouch is about something else once the vouch ended or was changed.
  func teams(at now: Timestamp) -> [TeamSettings] {
    teams.map { team in
      var team = team
      for name in team.places.keys {
        team.places[name] = providers(from: [name]).map { place(of: $0, at: now) }
          .joined(separator: "; ")
      }
      return team
    }
  }

  private func place(of name: SourceName, at now: Timestamp) -> String {
    guard let source = sources[name] else { return name }
    let vouches = source.vouches.filter { $0.until > now }.map {
      " vouch=\($0.row)/\($0.app ?? "")/\($0.object ?? "")/\($0.version ?? "")"
    }
    return source.place + vouches.sorted().joined()
  }
}
