internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

/// The access key in force: the one configured, or that of a role taken on with it.
///
/// A role's key that has expired is replaced once by each call that meets it.
actor AWSKeyring {
  /// A key, and how many there were before it.
  struct Key: Sendable {
    let id: String
    let secret: Secret
    let session: Secret?
    let generation: Int
  }

  private let access: AWSAccess
  private let source: HTTPSource
  private let region: String
  private var key: Key?
  private var asking: Task<Result<Key, ConnectorError>, Never>?

  init(_ access: AWSAccess, source: HTTPSource, region: String) {
    self.access = access
    self.source = source
    self.region = region
  }

  /// The key in force; takes on the role first if there is one.
  func current() async throws(ConnectorError) -> Key {
    if let key { return key }
    return try await ask(generation: 0)
  }

  /// Another key after one expired.
  ///
  /// - Returns: nil when there is no role to take on again; the refusal then stands.
  func renewed(after refused: Key) async throws(ConnectorError) -> Key? {
    guard access.role != nil else { return nil }
    if let key, key.generation > refused.generation { return key }
    return try await ask(generation: refused.generation + 1)
  }

  private func ask(generation: Int) async throws(ConnectorError) -> Key {
    guard let role = access.role else {
      let key = Key(
        id: access.keyID, secret: access.secret, session: access.session, generation: generation)
      self.key = key
      return key
    }
    let task: Task<Result<Key, ConnectorError>, Never>
    if let asking {
      task = asking
    } else {
      task = Task { await self.take(role, generation) }
      asking = task
    }
    let result = await task.result()
    if asking == task { asking = nil }
    let key = try result.get()
    self.key = key
    return key
  }

  private func take(_ role: AWSAccess.Role, _ generation: Int) async -> Result<Key, ConnectorError>
  {
    let own = Key(
      id: access.keyID, secret: access.secret, session: access.session, generation: generation)
    let client = AWSClient(
      service: .sts, source: source,
      url: access.tokenURL ?? AWSAddress.regional("sts", region), region: region, keyring: nil)
    var parameters = [
      ("RoleArn", role.arn), ("RoleSessionName", "idsync"), ("DurationSeconds", "3600"),
    ]
    if let external = role.externalID { parameters.append(("ExternalId", external)) }
    do throws(ConnectorError) {
      let request = client.request("AssumeRole", query: parameters)
      let reply = try client.xml(try await client.send(request, with: own), request)
      do throws(WireError) {
        guard let keys = reply["Credentials"] else {
          throw WireError(.shape, path: "Credentials", detail: "expected an element, found nothing")
        }
        return .success(
          Key(
            id: try keys.required("AccessKeyId"),
            secret: Secret(try keys.required("SecretAccessKey")),
            session: Secret(try keys.required("SessionToken")), generation: generation))
      } catch {
        throw client.malformed(error, request)
      }
    } catch {
      return .failure(error)
    }
  }
}
