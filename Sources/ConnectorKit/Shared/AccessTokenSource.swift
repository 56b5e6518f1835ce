package import CurlTransport
package import IdentityCore

/// Access tokens that end: asked for when one is needed, kept until shortly before their end, renewed once a run when refused.
///
/// A refusal that would come again is remembered until the next run, so that not every list asks anew.
package actor AccessTokenSource: CredentialSource {
  /// A token as its issuer gave it.
  package struct Token: Sendable {
    package var text: Secret
    /// How long it lives, in seconds.
    package var lifetime: Int64

    package init(text: Secret, lifetime: Int64) {
      self.text = text
      self.lifetime = lifetime
    }
  }

  package typealias Fetch = @Sendable () async throws(ConnectorError) -> Token

  private let clock: @Sendable () -> Timestamp
  private let margin: Int64
  private let fetch: Fetch
  private let authorize: @Sendable (Secret) -> Authorization

  private var token: (credential: Credential, ends: Timestamp)?
  private var refusal: ConnectorError?
  private var generation = 0
  private var hasRenewed = false
  private var asking: Task<Result<Credential, ConnectorError>, Never>?

  /// - Parameters:
  ///   - margin: how many seconds before its end a token is renewed.
  ///   - authorize: makes of a token what requests carry.
  ///   - fetch: asks for a token.
  package init(
    clock: @escaping @Sendable () -> Timestamp, margin: Int64,
    authorize: @escaping @Sendable (Secret) -> Authorization = { .bearer($0) },
    fetch: @escaping Fetch
  ) {
    self.clock = clock
    self.margin = margin
    self.fetch = fetch
    self.authorize = authorize
  }

  /// Begins a run: one renewal is allowed again, and what was refused is tried again.
  package func beginRun() {
    hasRenewed = false
    refusal = nil
  }

  package func current() async throws(ConnectorError) -> Credential {
    if let token, clock() < token.ends { return token.credential }
    return try await ask()
  }

  package func renewed(after refused: Credential) async throws(ConnectorError) -> Credential? {
    if refused.generation < generation || asking != nil { return try await current() }
    guard !hasRenewed else { return nil }
    hasRenewed = true
    token = nil
    return try await ask()
  }

  /// Several streams may want a token at a time; one asks, all wait.
  private func ask() async throws(ConnectorError) -> Credential {
    if let refusal { throw refusal }
    let task: Task<Result<Credential, ConnectorError>, Never>
    if let asking {
      task = asking
    } else {
      task = Task { await self.exchange() }
      asking = task
    }
    let result = await task.result()
    if asking == task { asking = nil }
    return try result.get()
  }

  private func exchange() async -> Result<Credential, ConnectorError> {
    do throws(ConnectorError) {
      let found = try await fetch()
      generation += 1
      let credential = Credential(authorization: authorize(found.text), generation: generation)
      // A lifetime that the margin would eat up is used half.
      let usable = max(found.lifetime - margin, found.lifetime / 2)
      token = (credential, clock().adding(seconds: usable))
      return .success(credential)
    } catch {
      if !error.isTransient && error.code != .cancelled { refusal = error }
      return .failure(error)
    }
  }
}
