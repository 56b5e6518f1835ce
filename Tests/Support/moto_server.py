"""Runs moto, an independent AWS, on loopback: an account with people in it, then signatures are checked.

Prints one line of JSON when it listens, and ends with its parent.
"""

import argparse
import json
import os
import time

os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "100000"

import boto3  # noqa: E402
import requests  # noqa: E402
from moto.moto_server.threaded_moto_server import ThreadedMotoServer  # noqa: E402

REGION = "eu-west-1"
PASSWORD = "Correct-Horse-9-Battery"


def user_pool(cognito, mode, users, **client):
    pool = cognito.create_user_pool(PoolName=f"pool {mode}")["UserPool"]["Id"]
    if mode != "OFF":
        cognito.set_user_pool_mfa_config(
            UserPoolId=pool,
            SoftwareTokenMfaConfiguration={"Enabled": True},
            MfaConfiguration=mode,
        )
    made = cognito.create_user_pool_client(UserPoolId=pool, ClientName="web", **client)
    for email in users:
        cognito.admin_create_user(
            UserPoolId=pool,
            Username=email,
            UserAttributes=[{"Name": "email", "Value": email}],
        )
        cognito.admin_set_user_password(
            UserPoolId=pool, Username=email, Password=PASSWORD, Permanent=True
        )
    return {"pool": pool, "client": made["UserPoolClient"]["ClientId"]}


def reader(iam, name, actions):
    """A user whose key may do some things only."""
    iam.create_user(UserName=name)
    iam.put_user_policy(
        UserName=name,
        PolicyName="read",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}],
            }
        ),
    )
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {"id": key["AccessKeyId"], "secret": key["SecretAccessKey"]}


def populate(url):
    def client(service, region=REGION):
        return boto3.client(
            service,
            endpoint_url=url,
            region_name=region,
            aws_access_key_id="setup",
            aws_secret_access_key="setup",
        )

    cognito, iam, store = client("cognito-idp"), client("iam"), client("identitystore")
    people = [f"person{number}@acme.com" for number in range(150)] + ["ana@acme.com"]
    result = {
        "on": user_pool(cognito, "ON", people, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"]),
        "optional": user_pool(cognito, "OPTIONAL", ["ana@acme.com"]),
        "off": user_pool(cognito, "OFF", ["ana@acme.com"]),
    }
    corp = result["on"]["pool"]
    cognito.create_identity_provider(
        UserPoolId=corp,
        ProviderName="Corp",
        ProviderType="SAML",
        ProviderDetails={"MetadataURL": "https://corp.example/metadata"},
    )
    iam.create_user(UserName="ana")
    iam.create_login_profile(UserName="ana", Password=PASSWORD)
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="ana")["VirtualMFADevice"]
    iam.enable_mfa_device(
        UserName="ana",
        SerialNumber=device["SerialNumber"],
        AuthenticationCode1="123456",
        AuthenticationCode2="654321",
    )
    iam.create_user(UserName="nobody")
    result["account"] = client("sts").get_caller_identity()["Account"]
    result["key"] = reader(iam, "idsync", ["cognito-idp:*", "iam:*", "sts:AssumeRole", "sso:*"])
    result["weak"] = reader(iam, "weak", ["cognito-idp:DescribeUserPool"])
    role = iam.create_role(
        RoleName="idsync",
        AssumeRolePolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
                ],
            }
        ),
    )["Role"]["Arn"]
    iam.put_role_policy(
        RoleName="idsync",
        PolicyName="read",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Action": "cognito-idp:*", "Resource": "*"}
                ],
            }
        ),
    )
    result["role"] = role
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parent", type=int, metavar="PID", help="end when this is no more the parent")
    options = parser.parse_args()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    result = populate(url)
    # From here on every call must be signed by a key whose policies allow it.
    requests.post(f"{url}/moto-api/reset-auth", data=b"0", timeout=10).raise_for_status()
    print(json.dumps({"url": url, **result}), flush=True)
    while options.parent is None or os.getppid() == options.parent:
        time.sleep(1)


if __name__ == "__main__":
    main()
