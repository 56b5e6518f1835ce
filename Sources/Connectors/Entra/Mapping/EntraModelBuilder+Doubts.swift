internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// What nobody knows of doors and modifiers, and what policies say that idsync does not know.
extension EntraModelBuilder {
  private static let update = "update idsync, or see that it lets nobody in with one factor"

  /// Notes that a thing of a door or modifier is not known.
  ///
  /// - Returns: the unknown, for its place in the model; nil where somebody vouches for the thing.
  mutating func doubt(
    _ door: EntraDoors, _ object: String?, version: String? = nil, _ why: String, remedy: String
  ) -> Unknown.ID? {
    doubts.note(door, object, version: version, why, remedy: remedy).map { unknown($0) }
  }

  /// Notes that nobody knows what a value changes.
  ///
  /// - Parameters:
  ///   - object: where it stands: the object that decides and the path in it.
  ///   - what: what it may change, as a phrase.
  mutating func strange(
    _ object: String, _ value: JSONValue, _ what: String
  ) -> Unknown.ID? {
    doubt(
      .unrecognised, object, version: value.fingerprint,
      "\(what) may hang on it: \(value.text.prefix(120))", remedy: Self.update)
  }

  /// A word of a list that is none we know: newer than we are, never nothing.
  mutating func strange(_ word: String, _ list: String, _ place: EntraPlace) -> Condition {
    let id = strange(
      "policy \(place.id): \(list) \(word.prefix(60))", .string(word), "whom \(place) is for")
    return id.map { .unknown($0) } ?? .never
  }

  /// Members of an object that we do not know and that say something: each is a condition nobody can read.
  ///
  /// - Parameter path: where the object stands in the policy.
  mutating func unknownMembers(
    of json: JSONValue, besides known: Set<String>, _ path: String, _ place: EntraPlace
  ) -> [Condition] {
    conditions(json.strange(besides: known, under: path), place)
  }

  /// The conditions that settings of a policy may be, by path.
  mutating func conditions(
    _ settings: [String: JSONValue], _ place: EntraPlace
  ) -> [Condition] {
    settings.sorted { $0.key < $1.key }.compactMap { path, value in
      strange("policy \(place.id): \(path)", value, "whom \(place) is for").map { .unknown($0) }
    }
  }
}
