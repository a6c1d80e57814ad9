using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Notices.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class RelaysAndPlaceNames : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "name_en",
                table: "places",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "name_en",
                table: "areas",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_relay_persons_organisation_id_phone",
                table: "relay_persons",
                columns: new[] { "organisation_id", "phone" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_relay_persons_organisation_id_phone",
                table: "relay_persons");

            migrationBuilder.DropColumn(
                name: "name_en",
                table: "places");

            migrationBuilder.DropColumn(
                name: "name_en",
                table: "areas");
        }
    }
}
