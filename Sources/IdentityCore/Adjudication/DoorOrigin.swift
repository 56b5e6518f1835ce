/// What leads to a door at a provider, as digests: roster and provider as configured, what the platform shows of the way there,
/// and which doors the team has by the configuration.
struct DoorOrigin: Hashable {
  var place: String
  var shown: String
  var signIn: String

  init(place: String, shown items: [EvidenceItem], signIn: [SignInTarget]) {
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
    digest = Digest()
    for target in signIn {
      digest.add(target.provider)
      digest.add(target.app)
    }
    self.signIn = String(digest.value, radix: 16)
  }

  /// Reads what a store keeps; nil for what older ones kept.
  init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3 else { return nil }
    (place, shown, signIn) = (parts[0], parts[1], parts[2])
  }

  var text: String { "\(place).\(shown).\(signIn)" }

  /// Whether two doors are come to in the same way, whatever else is configured.
  static func isSame(_ one: String, _ other: String) -> Bool {
    guard let one = DoorOrigin(one), let other = DoorOrigin(other) else { return one == other }
    return one.place == other.place && one.shown == other.shown
  }
}
