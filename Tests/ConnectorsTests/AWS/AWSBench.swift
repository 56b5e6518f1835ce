import CurlTransport
import Foundation
import IdentityCore
import MockIdP

@testable import AWS

extension Bench {
  static let pool = "eu-west-1_AcmePool1"
  static let client = "7acmeclient0000000000000"

  var awsAccess: AWSAccess {
    AWSAccess(
      keyID: AWSAccount.defaultKey.id, secret: Secret(AWSAccount.defaultKey.secret),
      tokenURL: mock[.aws]?.baseURL)
  }

  func cognito(_ change: (inout CognitoConfiguration) -> Void = { _ in }) -> CognitoConnector {
    var configuration = CognitoConfiguration(
      name: "cognito", url: mock[.aws]?.baseURL, region: "eu-west-1", access: awsAccess,
      userPool: Self.pool)
    change(&configuration)
    return CognitoConnector(
      configuration: configuration, transport: transport, clock: { Timestamp(Date()) },
      logger: log.logger)
  }

  func iam(_ change: (inout IAMConfiguration) -> Void = { _ in }) -> IAMConnector {
    var configuration = IAMConfiguration(
      name: "iam", url: mock[.aws]?.baseURL, region: "eu-west-1", access: awsAccess,
      emailDomain: "acme.com")
    change(&configuration)
    return IAMConnector(
      configuration: configuration, transport: transport, clock: { Timestamp(Date()) },
      logger: log.logger)
  }

  func identityCenter(
    _ change: (inout IdentityCenterConfiguration) -> Void = { _ in }
  ) -> IdentityCenterConnector {
    var configuration = IdentityCenterConfiguration(
      name: "portal", url: mock[.aws]?.baseURL, region: "eu-west-1", access: awsAccess)
    change(&configuration)
    return IdentityCenterConnector(
      configuration: configuration, transport: transport, clock: { Timestamp(Date()) },
      logger: log.logger)
  }
}

extension Scenario {
  /// An organisation on AWS only.
  static func aws(_ change: (inout AWSAccount) -> Void) -> Scenario {
    var account = AWSAccount()
    change(&account)
    var scenario = Scenario()
    scenario[AWSAccount.self] = account
    return scenario
  }
}
