using Notices.Policy;
using Notices.Words;
using Xunit;

namespace Notices.Replies;

public class KeywordBookTests
{
    private static readonly KeywordBook Book = KeywordBook.Load(Path.GetDirectoryName(Notices.Tests.Policy.Policies.ConfigFolder)!);

    [Theory]
    [InlineData("1", ReplyKind.Acknowledge)]
    [InlineData("１", ReplyKind.Acknowledge)] // full width
    [InlineData(" y ", ReplyKind.Acknowledge)]
    [InlineData("Ｙ。", ReplyKind.Acknowledge)]
    [InlineData("收到！", ReplyKind.Acknowledge)]
    [InlineData("“1”", ReplyKind.Acknowledge)] // copied with its quotation marks
    [InlineData("ＴＤ", ReplyKind.Stop)]
    [InlineData("td", ReplyKind.Stop)]
    [InlineData("退 订", ReplyKind.Stop)]
    [InlineData("Stop.", ReplyKind.Stop)]
    [InlineData("start", ReplyKind.Start)]
    [InlineData("非本人", ReplyKind.NotMe)]
    [InlineData("not me", ReplyKind.NotMe)]
    [InlineData("仍未来电", ReplyKind.StillOut)]
    [InlineData("停电", ReplyKind.Status)]
    [InlineData("11", ReplyKind.Other)]
    [InlineData("1号停电吗", ReplyKind.Other)]
    [InlineData("停电了怎么办", ReplyKind.Other)] // no account
    [InlineData("please stop this", ReplyKind.Other)]
    [InlineData("", ReplyKind.Other)]
    [InlineData(null, ReplyKind.Other)]
    [InlineData("\uD800", ReplyKind.Other)] // half a character
    public void A_word_is_read_whatever_its_width_case_and_spaces(string? body, object kind) => Assert.Equal((ReplyKind)kind, Book.Read(body).Kind);

    [Theory]
    [InlineData("停电1301210000", "1301210000", Languages.Chinese)]
    [InlineData("停电　１３０１ 2100-00", "13012100-00", Languages.Chinese)]
    [InlineData("status 1301210000", "1301210000", Languages.English)]
    [InlineData("Status: ab-12", "AB-12", Languages.English)]
    public void An_account_may_stand_behind_a_question(string body, string account, string language) => Assert.Equal(new Meaning(ReplyKind.Status, language, account), Book.Read(body));

    [Fact]
    public void A_word_of_both_languages_tells_none() => Assert.Null(Book.Read("1").Language);

    [Fact]
    public void Everything_wrong_with_the_file_is_told_at_once()
    {
        var home = Directory.CreateTempSubdirectory("notices-keywords-");
        Directory.CreateDirectory(Path.Combine(home.FullName, "config"));
        File.WriteAllText(Path.Combine(home.FullName, "config", "keywords.json"), """
            { "acknowledge": { "zh-CN": ["1"], "en": ["Y", " "], "fr": ["OUI"] }, "stop": { "zh-CN": ["１"], "en": ["STOP"] }, "start": { "en": ["START"] }, "status": { "zh-CN": ["停电"], "en": ["STATUS"] },
              "not-me": { "zh-CN": ["非本人"], "en": ["NOT ME"] }, "hello": {} }
            """);
        try
        {
            var faults = Assert.Throws<SettingsException>(() => KeywordBook.Load(home.FullName)).Faults;

            Assert.Equal(
                [
                    "config/keywords.json: \"hello\" is no meaning; they are acknowledge, stop, start, status, not-me, still-out.",
                    "config/keywords.json: acknowledge has the language \"fr\"; they are zh-CN, en.",
                    "config/keywords.json: acknowledge, en has an empty word; it must have a letter or digit.",
                    "config/keywords.json: stop, zh-CN: \"１\" also means acknowledge; a word has one meaning.",
                    "config/keywords.json: start has no word for zh-CN; it needs one at least.",
                    "config/keywords.json: still-out has no word for zh-CN; it needs one at least.",
                    "config/keywords.json: still-out has no word for en; it needs one at least.",
                ],
                faults);
        }
        finally
        {
            home.Delete(true);
        }
    }
}
