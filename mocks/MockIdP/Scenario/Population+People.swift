extension Population {
  private static let firstNames = [
    "Ada", "Amal", "Ana", "Ben", "Carla", "Chen", "Dana", "Elif", "Emil", "Farid", "Fatou", "Goran",
    "Hana", "Ines", "Ivan", "Jonas", "Kavya", "Kofi", "Lena", "Luis", "Mara", "Mateo", "Mina",
    "Nadia", "Noor", "Olga", "Omar", "Paula", "Priya", "Rafael", "Rosa", "Sara", "Sven", "Tara",
    "Tomas", "Uma", "Viktor", "Wei", "Yara", "Zoe",
  ]
  private static let lastNames = [
    "Abebe", "Almeida", "Bauer", "Costa", "Dubois", "Eriksen", "Ferrari", "Garcia", "Haddad",
    "Ibrahim", "Jansen", "Kowalski", "Lima", "Moreau", "Nakamura", "Okafor", "Patel", "Quispe",
    "Rossi", "Silva", "Tanaka", "Ueda", "Varga", "Weber", "Yilmaz", "Zhang",
  ]
  private static let idPrefix = "00up"

  /// A number that depends on the seed and the index alone.
  func chance(_ index: Int) -> UInt64 {
    var state = seed &* 0x2545_f491_4f6c_dd1d &+ UInt64(index)
    return Identifier.next(&state)
  }

  /// The distance between two members of the team.
  private var step: Int { max(1, people / teamSize) }

  /// The index of the team's member at a place.
  func personIndex(ofMember place: Int) -> Int { place * step }

  /// The place on the team of the person at an index; nil outside the team.
  func memberPlace(ofPerson index: Int) -> Int? {
    index % step == 0 && index / step < teamSize ? index / step : nil
  }

  private func names(_ index: Int) -> (first: String, last: String) {
    let first = Self.firstNames.count
    let last = Self.lastNames.count
    let cell = index * (first * last) / max(people, 1)
    return (Self.firstNames[cell / last], Self.lastNames[cell % last])
  }

  private static func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// The e-mail address of the person at an index; ascends with the index.
  func email(at index: Int) -> String {
    let (first, last) = names(index)
    return "\(first.lowercased()).\(last.lowercased()).\(Self.padded(index, to: 7))@acme.example"
  }

  /// The index of the person with an e-mail address; nil when it is nobody's.
  func index(ofEmail email: String) -> Int? {
    guard let local = email.split(separator: "@").first,
      let digits = local.split(separator: ".").last, digits.utf8.count == 7,
      let index = Int(digits), index < people, self.email(at: index) == email
    else { return nil }
    return index
  }

  /// The user id of the person at an index.
  func id(at index: Int) -> String {
    Self.idPrefix + Self.padded(index, to: 9) + Self.padded(Int(chance(index) % 9_999_999), to: 7)
  }

  /// The index of the person with a user id; nil when it is nobody's.
  func index(ofID id: String) -> Int? {
    guard id.hasPrefix(Self.idPrefix), id.utf8.count == 20,
      let index = Int(id.dropFirst(4).prefix(9)), index < people, self.id(at: index) == id
    else { return nil }
    return index
  }

  /// Okta's status of the person at an index: 97 of 100 are active.
  func status(at index: Int) -> String {
    switch (chance(index) >> 8) % 1000 {
    case 0..<970: "ACTIVE"
    case 970..<980: "PASSWORD_EXPIRED"
    case 980..<985: "LOCKED_OUT"
    case 985..<990: "STAGED"
    case 990..<993: "SUSPENDED"
    default: "DEPROVISIONED"
    }
  }

  /// Whether the person at an index is in a group; the name of Everyone is not known here.
  func isMember(_ index: Int, of group: String) -> Bool {
    switch group {
    case teamGroup: memberPlace(ofPerson: index) != nil && (chance(index) >> 40) % 1000 >= 3
    case contractorGroup: (chance(index) >> 16) % 20 == 0
    default: departments > 0 && group == department(of: index)
    }
  }

  /// The first index from a start on whose person is in a group.
  func nextMember(of group: String, from start: Int) -> Int? {
    var index = start
    while index < people {
      if isMember(index, of: group) { return index }
      index = group == teamGroup ? (index / step + 1) * step : index + 1
    }
    return nil
  }

  private func department(of index: Int) -> String { "Department \(index % departments + 1)" }

  /// The person at an index, 0 up to `people`.
  func person(at index: Int) -> Person {
    let (first, last) = names(index)
    let email = email(at: index)
    var groups: [String] = []
    if departments > 0 { groups.append(department(of: index)) }
    for group in [teamGroup, contractorGroup] where isMember(index, of: group) {
      groups.append(group)
    }
    let factors: [Factor] =
      switch (chance(index) >> 24) % 10 {
      case 0..<5: ["push", "signed_nonce"]
      case 5..<8: ["webauthn"]
      case 8: ["sms"]
      default: []
      }
    let isChanged = changed.contains(index)
    return Person(
      email, name: isChanged ? "\(first) \(last)-Neu" : "\(first) \(last)", id: id(at: index),
      status: status(at: index), groups: groups, factors: factors,
      lastUpdated: isChanged ? "2026-06-01T09:00:00.000Z" : Scenario.defaultTime)
  }

  /// The team's member at a place, 0 up to `teamSize`; places ascend by e-mail address.
  func member(at place: Int) -> HerokuMember {
    let index = personIndex(ofMember: place)
    let (first, last) = names(index)
    let chance = chance(index)
    let isFederated = (chance >> 32) % 200 != 0
    let role =
      if place == 0 || (chance >> 48) % 500 == 0 {
        "admin"
      } else {
        (chance >> 52) % 20 == 0 ? "viewer" : "member"
      }
    var member = HerokuMember(
      email(at: index), name: "\(first) \(last)", role: role, isFederated: isFederated,
      twoFactor: !isFederated && (chance >> 56) % 2 == 0)
    member.id = Identifier.uuid(chance, seed &+ 1)
    return member
  }
}
