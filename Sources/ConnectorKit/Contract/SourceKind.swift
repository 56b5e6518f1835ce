package import CurlTransport
package import IdentityCore
package import Logging

/// One kind of source: the keys of its configuration, how it is made, and what it can prove.
///
/// A kind lives in the folder of its connector and stands in the list of the worker; nothing else needs to know it.
package protocol SourceKind: Sendable {
  /// Its word in the configuration, e.g. `okta`.
  var word: String { get }
  /// What it is for, what it can prove and what that takes.
  var card: SourceCard { get }
  /// Whether it has an address.
  var address: SourceAddress { get }
  /// Whether it can be asked who is in a group, as exemptions by group do (``ProviderQuery/groups``).
  var readsGroups: Bool { get }
  /// The doors and modifiers that every proof of this kind accounts for; empty for kinds that are no provider.
  var inventory: [InventoryRow] { get }
  /// An entry of `sources` in YAML that shows every key of this kind, annotated; `idsync providers` prints it.
  var example: String { get }

  /// Reads the keys of this kind; those common to all kinds were read before.
  ///
  /// - Returns: what makes the source, or nil after what is wrong was told to `keys`.
  func configure(_ keys: any SourceKeys) -> SourceMaker?
}

extension SourceKind {
  /// No, unless the kind says so.
  package var readsGroups: Bool { false }
  /// None, unless the kind says so.
  package var inventory: [InventoryRow] { [] }
}

/// Makes a source, with secrets fetched through the context; the source is a ``RosterConnector``, a
/// ``ProviderConnector``, or both.
package typealias SourceMaker = @Sendable (SourceContext) throws -> any Diagnosable

/// Whether a kind of source has an address.
package enum SourceAddress: Sendable, Hashable {
  /// Every customer has one: `url` must be configured.
  case required
  /// The vendor has one for all; `url` may say otherwise.
  case standard(String)
  /// It has none.
  case none
}

/// What a source is made with.
package struct SourceContext: Sendable {
  /// The name in the configuration.
  package var name: SourceName
  /// The base URL, without a trailing slash; empty for kinds without address.
  package var url: String
  /// How many requests may be under way at a time.
  package var maxConcurrent: Int
  /// The part of the rate limit that is left for other users, 0–1.
  package var rateShare: Double
  /// Where conditional requests keep the last pages; nil asks for everything anew.
  package var cache: (any ResponseCache)?
  /// Carries the requests.
  package var transport: HTTPTransport
  /// Tells the time.
  package var clock: @Sendable () -> Timestamp
  /// Takes what is worth telling.
  package var logger: Logger
  /// What the operator vouches for at this source.
  package var vouches: [Vouch] = []
  /// Reads a team whose system of record is our own store.
  package var localTeam: @Sendable (TeamName) throws -> TeamState
  private let secrets: @Sendable (SecretHandle) throws -> Secret
  private let addresses: @Sendable (URLHandle) throws -> String

  /// Makes a context.
  package init(
    name: SourceName, url: String, maxConcurrent: Int = 4, rateShare: Double = 0.5,
    cache: (any ResponseCache)? = nil, transport: HTTPTransport,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger,
    secrets: @escaping @Sendable (SecretHandle) throws -> Secret,
    addresses: @escaping @Sendable (URLHandle) throws -> String,
    localTeam: @escaping @Sendable (TeamName) throws -> TeamState = { TeamState($0, isLocal: true) }
  ) {
    self.name = name
    self.url = url
    self.maxConcurrent = maxConcurrent
    self.rateShare = rateShare
    self.cache = cache
    self.transport = transport
    self.clock = clock
    self.logger = logger
    self.secrets = secrets
    self.addresses = addresses
    self.localTeam = localTeam
  }

  /// Fetches a secret.
  ///
  /// - Throws: when it cannot be had; the error names the place, never the secret.
  package func secret(_ handle: SecretHandle) throws -> Secret { try secrets(handle) }

  /// Fetches an address that the configuration names besides `url`, without a trailing slash.
  package func url(_ handle: URLHandle) throws -> String { try addresses(handle) }
}

/// Where a secret is; never the secret.
package struct SecretHandle: Sendable, Hashable {
  /// The reference, checked: `env:NAME`, `file:PATH` (absolute) or `command:…`.
  package let reference: String

  /// Makes a handle of a checked reference.
  package init(reference: String) { self.reference = reference }
}

/// An address as the configuration gives it: plain, or a reference to where it stands.
package struct URLHandle: Sendable, Hashable {
  /// The URL, or `env:NAME`, `file:PATH` (absolute), `command:…`.
  package let text: String

  /// Makes a handle of a checked text.
  package init(text: String) { self.text = text }
}
