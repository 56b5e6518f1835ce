internal import ConnectorKit
internal import IdentityCore

/// What enterprise accounts say, asked once however many teams they have.
actor EnterpriseAccounts {
  private var providers:
    [String: Task<Result<HerokuWire.EnterpriseAccount, ConnectorError>, Never>] =
      [:]
  private var members: [String: Task<Result<EnterpriseMembers, ConnectorError>, Never>] = [:]

  /// The account itself.
  func account(
    _ id: String, _ client: APIClient
  ) async throws(ConnectorError) -> HerokuWire.EnterpriseAccount {
    let task =
      providers[id]
      ?? Task {
        do throws(ConnectorError) {
          let request = client.get("/enterprise-accounts/{account}", [id])
          let json = try await client.value(request)
          do throws(WireError) {
            return .success(try HerokuWire.EnterpriseAccount(json))
          } catch {
            throw client.malformed(error, request)
          }
        } catch {
          return .failure(error)
        }
      }
    providers[id] = task
    return try await task.result().get()
  }

  /// Its members.
  func members(
    _ id: String, _ client: APIClient
  ) async throws(ConnectorError) -> EnterpriseMembers {
    let task =
      members[id]
      ?? Task {
        do throws(ConnectorError) {
          return .success(try await EnterpriseMembers(id, client))
        } catch {
          return .failure(error)
        }
      }
    members[id] = task
    return try await task.result().get()
  }
}
