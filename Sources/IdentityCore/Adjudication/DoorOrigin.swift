/// What leads to a door at a provider, as digests: the provider as configured, what the platform shows of the way there, and all
/// that the configuration says of the team's sign-in.
struct DoorOrigin: Hashable {
  var place: String
  var shown: String
  var scope: String

  init(place: String, shown items: [EvidenceItem], scope: String) {
    var digest = Digest()
    digest.add(place)
    self.place = String(digest.value, radix: 16)
    digest = Digest()
    for item in items {
      digest.add(item.id ?? "\u{0}")
      digest.add(item.name)
      digest.add(item.value)
    }
    shown = String(digest.value, radix: 16)
    self.scope = scope
  }

  /// Reads what a store keeps; nil for what older ones kept.
  init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3 else { return nil }
    (place, shown, scope) = (parts[0], parts[1], parts[2])
  }

  var text: String { "\(place).\(shown).\(scope)" }

  /// Whether two doors are come to in the same way, whatever else is configured.
  static func isSame(_ one: String, _ other: String) -> Bool {
    guard let one = DoorOrigin(one), let other = DoorOrigin(other) else { return one == other }
    return one.place == other.place && one.shown == other.shown
  }
}
