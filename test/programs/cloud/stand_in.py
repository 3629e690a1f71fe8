"""moto's server; but as with CloudFormation only errors make a template invalid. To moto every remark of cfn-lint does."""

import sys

from moto.cloudformation import models
from moto.server import main

remarks = models.validate_template_cfn_lint
models.validate_template_cfn_lint = lambda template: [
    match for match in remarks(template) if match.rule.id.startswith("E")
]

sys.exit(main(sys.argv[1:]))
