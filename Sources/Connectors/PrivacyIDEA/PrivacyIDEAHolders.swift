internal import IdentityCore

/// The watched users of a realm, and what the tokens of the realm say about them; pure.
struct PrivacyIDEAHolders {
  private static let kinds: [String: FactorSet] = [
    "totp": .totp, "hotp": .totp, "push": .push, "webauthn": .webauthn, "passkey": .webauthn,
    "u2f": .webauthn, "sms": .sms, "email": .email, "yubikey": .hardwareToken,
    "yubico": .hardwareToken,
  ]

  /// An account that tokens may belong to.
  private struct Holder {
    var position: Int
    var user: PrivacyIDEAWire.User
    var facts: Set<PrivacyIDEAModel.Atom> = []
    var factors: FactorSet = []
    /// Whether there may be a factor that is not told.
    var mayHaveMore = false
  }

  let realm: String
  /// The moment by which the validity of tokens is judged.
  let now: Timestamp
  private var holders: [Holder] = []
  /// The places of holders by their names in lower case.
  private var places: [String: [Int]] = [:]
  /// How many users of the realm have a name, in all resolvers.
  private var namesakes: [String: Int] = [:]

  init(realm: String, now: Timestamp) {
    self.realm = realm
    self.now = now
  }

  /// Counts a user of the realm, watched or not.
  mutating func count(_ user: PrivacyIDEAWire.User) {
    namesakes[user.username, default: 0] += 1
  }

  /// Adds a watched user.
  mutating func add(_ user: PrivacyIDEAWire.User, at position: Int) {
    places[user.username.lowercased(), default: []].append(holders.count)
    holders.append(Holder(position: position, user: user))
  }

  /// Whether the very same user is there.
  func knows(_ user: PrivacyIDEAWire.User) -> Bool { holders.contains { $0.user == user } }

  /// Takes in what a token says.
  mutating func take(_ token: PrivacyIDEAWire.Token) {
    guard token.isIn(realm: realm) else { return }
    switch token.owner {
    case .nobody: return
    case .unknown: for place in holders.indices { take(token, at: place, isOwner: .unknown) }
    case .user(let name):
      for place in places[name.lowercased()] ?? [] {
        take(token, at: place, isOwner: owns(holders[place].user, name, token))
      }
    }
  }

  /// Whether a token of somebody of a name is this user's.
  ///
  /// Whether names have a case is up to the resolver: another spelling may be somebody else or the same one.
  private func owns(
    _ user: PrivacyIDEAWire.User, _ name: String, _ token: PrivacyIDEAWire.Token
  ) -> Tri {
    if let theirs = token.resolver, let own = user.resolver, theirs != own { return .no }
    guard name == user.username else { return .unknown }
    return token.resolver != nil && user.resolver != nil || namesakes[user.username] == 1
      ? .yes : .unknown
  }

  private mutating func take(_ token: PrivacyIDEAWire.Token, at place: Int, isOwner: Tri) {
    guard isOwner != .no else { return }
    // A token that may be somebody else's closes nothing.
    if isOwner == .yes {
      holders[place].facts.insert(.assigned)
      if token.isRolledOut == true { holders[place].facts.insert(.rolledOut) }
    }
    let usable = token.isUsable(at: now)
    guard usable != .no, !PrivacyIDEATokens.otherTypes.contains(token.type) else { return }
    let isCertain = isOwner == .yes && usable == .yes
    if token.type == "passkey" { holders[place].facts.insert(.passkey) }
    if PrivacyIDEATokens.simpleTypes.contains(token.type) {
      holders[place].facts.insert(isCertain ? .simple : .unclear)
    } else if !PrivacyIDEATokens.strongTypes.contains(token.type) {
      holders[place].facts.insert(.strange)
      holders[place].mayHaveMore = true
    } else if isCertain {
      holders[place].facts.insert(.usable)
      holders[place].factors.formUnion(Self.kinds[token.type] ?? .other)
    } else {
      holders[place].mayHaveMore = true
    }
  }

  /// Marks in the table what all tokens together say.
  func mark(_ table: inout AccountTable) {
    for holder in holders {
      for fact in holder.facts { table.setAtom(fact.rawValue, at: holder.position) }
      let none: Tri = holder.mayHaveMore ? .unknown : .no
      table.setEnrolment(
        holder.factors.isEmpty ? none : .yes, holder.factors, at: holder.position)
    }
  }
}
