"""What both commands do with their help."""

import click


def show_environment_variables(group: click.Group) -> None:
    """Let the help of every command of a group name the environment variable of each option."""
    for command in group.commands.values():
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.envvar:
                parameter.show_envvar = True
