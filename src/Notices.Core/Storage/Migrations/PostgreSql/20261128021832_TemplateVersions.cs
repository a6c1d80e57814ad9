using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Notices.Storage.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class TemplateVersions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.RenameColumn(
                name: "approved_by",
                table: "template_overrides",
                newName: "decided_by");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "decided_at",
                table: "template_overrides",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "shipped_hash",
                table: "template_overrides",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "is_shipped",
                table: "template_overrides",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "reason",
                table: "template_overrides",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "state",
                table: "template_overrides",
                type: "character varying(16)",
                maxLength: 16,
                nullable: false,
                defaultValue: "Draft");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "decided_at",
                table: "template_overrides");

            migrationBuilder.DropColumn(
                name: "shipped_hash",
                table: "template_overrides");

            migrationBuilder.DropColumn(
                name: "is_shipped",
                table: "template_overrides");

            migrationBuilder.DropColumn(
                name: "reason",
                table: "template_overrides");

            migrationBuilder.DropColumn(
                name: "state",
                table: "template_overrides");

            migrationBuilder.RenameColumn(
                name: "decided_by",
                table: "template_overrides",
                newName: "approved_by");
        }
    }
}
