/// A vendor's own part of a scenario.
///
/// A type in the vendor's folder, registered in `MockVendor.all`. The vendor is served when the scenario has its part.
public protocol VendorScenario: Codable, Sendable {
  /// The vendor; its name is the key in a scenario file.
  static var vendor: Vendor { get }
  /// Makes an empty organisation that accepts the default credentials.
  init()
  /// The first token, secret or key that the vendor accepts, for people who try it by hand.
  var token: String { get }
}

/// A vendor beside Heroku and Okta, as the mock serves it.
struct MockVendor: Sendable {
  let part: any VendorScenario.Type
  /// Makes the vendor's server side, once for each server; the text is the origin it is reached at.
  let api: @Sendable (MockState, String) -> any VendorAPI

  init(
    _ part: any VendorScenario.Type,
    _ api: @escaping @Sendable (_ state: MockState, _ baseURL: String) -> any VendorAPI
  ) {
    self.part = part
    self.api = api
  }

  var vendor: Vendor { part.vendor }

  /// All of them; a new one is its folder and a line here.
  static let all: [MockVendor] = [
    MockVendor(EntraTenant.self) { EntraAPI(state: $0, baseURL: $1) },
    MockVendor(Auth0Tenant.self) { state, _ in Auth0API(state: state) },
    MockVendor(GoogleWorkspace.self) { state, _ in GoogleAPI(state: state) },
    MockVendor(KeycloakTenant.self) { state, _ in KeycloakAPI(state: state) },
    MockVendor(GitHubPlatform.self) { state, _ in GitHubAPI(state: state) },
    MockVendor(OneLoginAccount.self) { state, _ in OneLoginAPI(state: state) },
    MockVendor(JumpCloudOrganisation.self) { state, _ in JumpCloudAPI(state: state) },
    MockVendor(PingOneTenant.self) { state, _ in PingOneAPI(state: state) },
    MockVendor(JSONEndpoint.self) { state, _ in EndpointAPI(state: state) },
    MockVendor(SCIMServer.self) { state, _ in SCIMAPI(state: state) },
    MockVendor(PrivacyIDEAServer.self) { state, _ in PrivacyIDEAAPI(state: state) },
    MockVendor(AWSAccount.self) { AWSAPI(state: $0, baseURL: $1) },
    MockVendor(DuoTenant.self) { DuoAPI(state: $0, baseURL: $1) },
  ]
}

extension Scenario {
  /// A vendor's own part; reading one that is not there gives an empty one, writing it has the vendor served.
  public subscript<Part: VendorScenario>(_ type: Part.Type) -> Part {
    get { parts[type.vendor.rawValue] as? Part ?? Part() }
    set { parts[type.vendor.rawValue] = newValue }
  }

  /// The vendors served beside Heroku and Okta, in the order of their names.
  var vendors: [MockVendor] {
    MockVendor.all.filter { parts[$0.vendor.rawValue] != nil }
      .sorted { $0.vendor.rawValue < $1.vendor.rawValue }
  }

  /// Reads the parts of all vendors.
  mutating func readParts(_ decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: AnyKey.self)
    for vendor in MockVendor.all {
      let key = AnyKey(vendor.vendor.rawValue)
      if values.contains(key) { parts[key.stringValue] = try values.part(vendor.part, key) }
    }
  }

  /// Writes the parts of all vendors.
  func writeParts(_ encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: AnyKey.self)
    for (name, part) in parts { try values.write(part, AnyKey(name)) }
  }
}

/// A key of any name.
struct AnyKey: CodingKey {
  var stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) { stringValue = name }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension KeyedDecodingContainer<AnyKey> {
  fileprivate func part<Part: VendorScenario>(_ type: Part.Type, _ key: AnyKey) throws -> Part {
    try decode(type, forKey: key)
  }
}

extension KeyedEncodingContainer<AnyKey> {
  fileprivate mutating func write(_ part: some VendorScenario, _ key: AnyKey) throws {
    try encode(part, forKey: key)
  }
}
