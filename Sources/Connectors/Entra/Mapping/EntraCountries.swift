/// The countries that several locations speak of, cut into classes: a sign-in is in exactly one.
struct EntraCountries: Sendable {
  /// The classes as people say them.
  private(set) var names: [String] = []
  /// For each class the ids of the locations it lies in.
  private(set) var locations: [Set<String>] = []

  /// A variable holds 64 values at most.
  private static let maxClasses = 64

  /// Cuts countries into classes; nil when fewer than two locations are told by address, or the classes are too many.
  init?(_ all: [EntraWire.Location]) {
    var byCountry: [String: Set<String>] = [:]
    var unknown: Set<String> = []
    var count = 0
    for location in all {
      guard case .countries(let countries, let includesUnknown, true) = location.kind else {
        continue
      }
      count += 1
      for country in countries { byCountry[country, default: []].insert(location.id) }
      if includesUnknown { unknown.insert(location.id) }
    }
    guard count > 1 else { return nil }
    var classes: [Set<String>: [String]] = [:]
    for (country, inside) in byCountry { classes[inside, default: []].append(country) }
    for (inside, countries) in classes.sorted(by: { $0.value.min() ?? "" < $1.value.min() ?? "" }) {
      let shown = countries.sorted()
      names.append(
        shown.prefix(3).joined(separator: ", ")
          + (shown.count > 3 ? " and \(shown.count - 3) more" : ""))
      locations.append(inside)
    }
    names.append("that no location names")
    locations.append([])
    if !unknown.isEmpty {
      names.append("that is not known")
      locations.append(unknown)
    }
    if names.count > Self.maxClasses { return nil }
  }

  /// The classes inside a location.
  func classes(of location: String) -> Set<Int> {
    Set(locations.indices.filter { locations[$0].contains(location) })
  }
}
