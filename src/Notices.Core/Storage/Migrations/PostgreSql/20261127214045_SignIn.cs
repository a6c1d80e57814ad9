using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Notices.Storage.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class SignIn : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "authenticator_key",
                table: "asp_net_users",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "last_code_step",
                table: "asp_net_users",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "offered_key",
                table: "asp_net_users",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "password_changed_at",
                table: "asp_net_users",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "former_passwords",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    user_id = table.Column<string>(type: "text", nullable: false),
                    hash = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_former_passwords", x => x.id);
                    table.ForeignKey(
                        name: "fk_former_passwords_asp_net_users_user_id",
                        column: x => x.user_id,
                        principalTable: "asp_net_users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_former_passwords_user_id",
                table: "former_passwords",
                column: "user_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "former_passwords");

            migrationBuilder.DropColumn(
                name: "authenticator_key",
                table: "asp_net_users");

            migrationBuilder.DropColumn(
                name: "last_code_step",
                table: "asp_net_users");

            migrationBuilder.DropColumn(
                name: "offered_key",
                table: "asp_net_users");

            migrationBuilder.DropColumn(
                name: "password_changed_at",
                table: "asp_net_users");
        }
    }
}
