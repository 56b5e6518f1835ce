/// The kinds of enrolled second factors, provider names folded to the field's usual ones.
public struct FactorSet: OptionSet, Sendable, Codable, Hashable {
  /// One bit a kind.
  public let rawValue: UInt16

  /// Makes a set from its bits.
  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// A FIDO2 security key or passkey.
  public static let webauthn = FactorSet(rawValue: 1 << 0)
  /// A push to a device app.
  public static let push = FactorSet(rawValue: 1 << 1)
  /// A time-based one-time password.
  public static let totp = FactorSet(rawValue: 1 << 2)
  /// A hardware token that shows codes.
  public static let hardwareToken = FactorSet(rawValue: 1 << 3)
  /// A certificate or smart card.
  public static let certificate = FactorSet(rawValue: 1 << 4)
  /// A device-bound app key without push.
  public static let deviceKey = FactorSet(rawValue: 1 << 5)
  /// A text message.
  public static let sms = FactorSet(rawValue: 1 << 6)
  /// A phone call.
  public static let voice = FactorSet(rawValue: 1 << 7)
  /// A code or link by e-mail.
  public static let email = FactorSet(rawValue: 1 << 8)
  /// A security question.
  public static let question = FactorSet(rawValue: 1 << 9)
  /// Anything else.
  public static let other = FactorSet(rawValue: 1 << 10)

  private static let names: [(FactorSet, String)] = [
    (.webauthn, "webauthn"), (.push, "push"), (.totp, "totp"), (.hardwareToken, "hardware-token"),
    (.certificate, "certificate"), (.deviceKey, "device-key"), (.sms, "sms"), (.voice, "voice"),
    (.email, "email"), (.question, "question"), (.other, "other"),
  ]

  /// The names of the kinds in a fixed order, strongest first.
  public var names: [String] { Self.names.filter { contains($0.0) }.map(\.1) }

  /// Whether there is a factor and none is better than SMS, voice, e-mail or a question.
  public var isWeakOnly: Bool {
    !isEmpty && isSubset(of: [.sms, .voice, .email, .question])
  }
}
