using System.CommandLine;
using System.CommandLine.Parsing;

namespace SparseNas.Cli.Commands;

/// <summary>An option with a few words to choose from: the members of an enumeration, in lower case.</summary>
internal static class ChoiceOption
{
    /// <summary>An option whose value is null when it is left out.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="description">What it decides.</param>
    public static Option<T?> Create<T>(string name, string description)
        where T : struct, Enum
    {
        string[] words = [.. Enum.GetNames<T>().Select(word => word.ToLowerInvariant())];
        var option = new Option<T?>(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            CustomParser = result => Parse<T>(name, words, result),
        };
        option.CompletionSources.Add(words);
        return option;
    }

    private static T? Parse<T>(string name, string[] words, ArgumentResult result)
        where T : struct, Enum
    {
        string word = result.Tokens.Count == 0 ? "" : result.Tokens[0].Value;
        if (words.Contains(word, StringComparer.OrdinalIgnoreCase)) return Enum.Parse<T>(word, ignoreCase: true);
        result.AddError($"{name}: one of {string.Join(", ", words)} is needed, but got '{word}'.");
        return null;
    }
}
