internal import CurlTransport

/// What requests of one source prove themselves with.
protocol CredentialSource: Sendable {
  /// The credential in force; asks for one first if there is none.
  func current() async throws(ConnectorError) -> Credential

  /// Another credential, after one was refused in the middle of a run.
  ///
  /// - Returns: nil when there is no other to be had; the refusal then stands.
  func renewed(after refused: Credential) async throws(ConnectorError) -> Credential?
}

/// A credential and how many there were before it.
struct Credential: Sendable {
  let authorization: Authorization?
  let generation: Int
}

/// A token that stays the same for ever.
struct FixedCredential: CredentialSource {
  let authorization: Authorization?

  func current() async throws(ConnectorError) -> Credential {
    Credential(authorization: authorization, generation: 0)
  }

  func renewed(after refused: Credential) async throws(ConnectorError) -> Credential? { nil }
}
